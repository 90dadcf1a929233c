using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.Scripts;

/// <summary>What goes wrong with one request, step by step: a wait, whether it is done all the same, another wait, and what the client hears of it.</summary>
internal sealed record Happening
{
    /// <summary>How it is called in the wire's record.</summary>
    public required string Name { get; init; }

    /// <summary>On the machine's clock, before anything is done. It is done even when the client has gone meanwhile: the request had arrived.</summary>
    public TimeSpan WaitsBefore { get; init; }

    /// <summary>It has its effect, whatever the client hears.</summary>
    public bool Done { get; init; }

    /// <summary>On the machine's clock, between the effect and the answer.</summary>
    public TimeSpan WaitsAfter { get; init; }

    /// <summary>The connection breaks, and nobody hears anything.</summary>
    public bool Cut { get; init; }

    /// <summary>Said in place of the true answer; null: the true one.</summary>
    public Answer? Says { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>A mail server's reply in place of its own; what an IMAP server says after the tag, or <c>BYE</c> and hangs up.</summary>
    public string? Reply { get; init; }

    /// <summary>What becomes of the true answer's bytes; the length that was announced stays when <see cref="CutShort"/>.</summary>
    public Func<byte[], byte[]>? Spoils { get; init; }

    /// <summary>The connection ends before as many bytes as were announced.</summary>
    public bool CutShort { get; init; }

    /// <summary>The true answer, changed.</summary>
    public Func<JsonObject, JsonObject>? Changes { get; init; }

    /// <summary>Mail: the server keeps no copy in Sent.</summary>
    public bool NoCopy { get; init; }

    /// <summary>Vapi: the word the call that is placed here will end with.</summary>
    public string? Ends { get; init; }

    /// <summary>HighLevel: the carrier's reason not to bring the text that is sent here.</summary>
    public string? Carrier { get; init; }

    /// <summary>Mailgun: what becomes of the letter that is taken here.</summary>
    public string? Fate { get; init; }

    /// <summary>IMAP: the mailbox comes back from a backup before it is opened.</summary>
    public bool Renumbers { get; init; }

    /// <summary>What was written down for this request; null: nothing.</summary>
    public static Happening? Of(HttpContext context) => context.Items[typeof(Happening)] as Happening;

    public void GoesWith(HttpContext context) => context.Items[typeof(Happening)] = this;
}
