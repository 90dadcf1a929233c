using Meridian.Engine;
using Microsoft.AspNetCore.Http;
using static Meridian.Host.PersonPage;

namespace Meridian.Host.OptOut;

/// <summary>The few words a person sees who wants to be left alone.</summary>
internal static class OptOutPage
{
    public static string Ask(OwnerSettings? owner, string token) => $"""
        <h1>Stop all messages?</h1>
        <p>{Seller(owner)} will not e-mail, call or text you again, on any address of yours that we know.</p>
        <form method="post" action="/u/{Text(token)}"><button type="submit">Stop all messages</button></form>
        """;

    public static string Done(OwnerSettings? owner) => $"""
        <h1>Done.</h1>
        <p>{Seller(owner)} will not contact you again. There is nothing else you need to do.</p>
        <p>{Text(owner?.PostalAddress ?? "")}</p>
        """;

    public static string Unknown(OwnerSettings? owner) => $"""
        <h1>We do not know this link.</h1>
        <p>It may have been cut by a mail program. Reply STOP to any message from {Seller(owner)}{(owner is null ? "" : $", or write to {Text(owner.OwnerEmail)}")}, and it stops.</p>
        """;

    /// <summary>The link is ours and its person is not here: they tell which address it was.</summary>
    public static string Which(OwnerSettings? owner, string token, string? notAnAddress) => $"""
        <h1>Which address is it?</h1>
        <p>{(notAnAddress is null ? "We cannot see from this link whom it was for." : $"We cannot read “{Text(notAnAddress)}”.")} Tell us the e-mail address or the phone number, and {Seller(owner)} stops.</p>
        <form method="post" action="/u/{Text(token)}"><p><input name="address" required maxlength="254" autocomplete="email" aria-label="E-mail address or phone number"></p><button type="submit">Stop all messages</button></form>
        """;

    public static string Noted(OwnerSettings? owner) => $"""
        <h1>Noted.</h1>
        <p>{Seller(owner)} will not contact you again, from within a few moments on. There is nothing else you need to do.</p>
        """;

    public static string TryAgain() => """
        <h1>One moment, please.</h1>
        <p>We could not write this down just now. Please press the button again in half a minute, or reply STOP to any of our messages.</p>
        """;

    private static string Seller(OwnerSettings? owner) => Text(owner?.SellerName ?? "The sender");

    public static Task<IResult> WriteAsync(HttpContext http, int status, string body) => PersonPage.WriteAsync(http, status, "Messages", body);
}
