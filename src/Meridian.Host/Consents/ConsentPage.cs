using Meridian.Domain.Compliance;
using NodaTime;
using static Meridian.Host.PersonPage;

namespace Meridian.Host.Consents;

/// <summary>The words around <see cref="ConsentText"/>: nothing is ticked beforehand, calls and texts stand apart, the name is typed.</summary>
internal static class ConsentPage
{
    public static string Ask(ConsentText text, string token, ConsentForm form, OptedOut? optedOut, IReadOnlyList<string> problems) => $"""
        <h1>May {Text(text.Seller)} call or text you?</h1>
        {(problems.Count == 0 ? "" : $"<div class=\"problem\" role=\"alert\"><p>Nothing was signed yet.</p><ul>{string.Concat(problems.Select(p => $"<li>{Text(p)}</li>"))}</ul></div>")}
        {(optedOut is null ? "" : $"<p>You asked us to stop on {Text(optedOut.Day)}, and we have. If you sign here you take that back, for e-mail too; if not, everything stays as it is.</p>")}
        <form method="post" action="/c/{Text(token)}">
        <input type="hidden" name="text" value="{text.Hash}">
        {(optedOut is null ? "" : $"<input type=\"hidden\" name=\"takes_back\" value=\"{optedOut.At.ToUnixTimeMilliseconds()}\">")}
        <p><label>Your telephone number<br><input name="number" type="tel" autocomplete="tel" required maxlength="40" value="{Text(form.Number)}"></label></p>
        <label class="box"><input type="checkbox" name="calls" value="yes"{Ticked(form.Calls)}><span>{Text(text.Calls)}</span></label>
        <label class="box"><input type="checkbox" name="texts" value="yes"{Ticked(form.Texts)}><span>{Text(text.Texts)}</span></label>
        <p>{Text(text.Terms)}</p>
        <p><label>Your full name, as your signature<br><input name="signature" autocomplete="name" required maxlength="120" value="{Text(form.Signature)}"></label></p>
        <p>{Text(text.Signature)}</p>
        <button type="submit">Sign</button>
        </form>
        """;

    public static string Done(ConsentText text, ConsentForm form, string number) => $"""
        <h1>Thank you, {Text(form.Signature)}.</h1>
        <p>You signed for {Text(number)}. Keep this page if you like:</p>
        {(form.Calls ? $"<p>{Text(text.Calls)}</p>" : "")}{(form.Texts ? $"<p>{Text(text.Texts)}</p>" : "")}
        <p>{Text(text.Terms)}</p>
        """;

    public static string Unknown(string seller) => $"""
        <h1>We do not know this link.</h1>
        <p>It may have been cut by a mail program. Nothing was signed. Write to {Text(seller)} if you would like a new one.</p>
        """;

    public static string TryAgain() => """
        <h1>One moment, please.</h1>
        <p>We could not make sure that this was written down. Please go back and press the button again in half a minute; signing twice changes nothing.</p>
        """;

    private static string Ticked(bool byThem) => byThem ? " checked" : "";
}

/// <summary>The opt-out that a signature on this page would take back.</summary>
internal sealed record OptedOut(Instant At, string Day);

/// <summary>What the person entered; empty when the page is first shown.</summary>
internal sealed record ConsentForm(string Number, bool Calls, bool Texts, string Signature)
{
    public static ConsentForm Empty { get; } = new("", false, false, "");
}
