using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Campaigns;

/// <summary>
/// The owner's two sequences, with texts that say who writes, why, and how to make it stop. Variables: <c>seller.name</c>, <c>seller.postal_address</c>,
/// <c>seller.phone</c>, <c>sender.name</c>, <c>unsubscribe_url</c>; optional: <c>consent_link</c>, <c>lead.first_name</c>, <c>company.name</c>, <c>seller.offer</c> (a sentence).
/// </summary>
public static class SopSequence
{
    /// <summary>
    /// The voice agent's first message: artificial voice, seller, recording and the way out in its first breath (47 CFR 64.1200(b)(1), (b)(3); Cal. PUC 2874;
    /// all-party recording states), then the number to call back (64.1200(b)(2)).
    /// </summary>
    private const string Opening =
        "Hi, this is an AI assistant calling for {{seller.name}}, on a recorded line. To opt out at any time say stop or press 9. "
        + "You can reach us at {{seller.phone}}. "
        + "{{#if seller.offer}}{{seller.offer}} {{/if}}"
        + "Is now a good moment{{#if lead.first_name}} to speak with {{lead.first_name}}{{/if}}?";

    private const string Subject = "{{#if company.name}}{{company.name}}: an introduction from {{seller.name}}{{else}}An introduction from {{seller.name}}{{/if}}";

    /// <summary>Advertisement named as one, postal address, a way out that works (15 USC 7704(a)(3), (a)(5)).</summary>
    private const string Letter = """
        Hello{{#if lead.first_name}} {{lead.first_name}}{{/if}},

        My name is {{sender.name}} and I write for {{seller.name}}.{{#if seller.offer}} {{seller.offer}}{{/if}}

        If this could be useful{{#if company.name}} at {{company.name}}{{/if}}, a short reply is all it takes and I will send the details. If not, tell me and I will not write again.{{#if consent_link}} If you would rather be called or texted, say so here: {{consent_link}}{{/if}}

        Kind regards,
        {{sender.name}}
        {{seller.name}}

        --
        This is an advertisement from {{seller.name}}, {{seller.postal_address}}.
        To stop all messages: Reply STOP or use {{unsubscribe_url}}
        """;

    private const string ShortText =
        "{{seller.name}}: hello{{#if lead.first_name}} {{lead.first_name}}{{/if}}, I sent you an e-mail with an introduction. "
        + "Shall we find ten minutes to talk? Reply STOP to opt out.";

    private static readonly Step Call = new("call-1", Channel.Call, null, Opening, Duration.Zero, GoOn: true);
    private static readonly Step Email = new("email-1", Channel.Email, Subject, Letter, Duration.Zero, GoOn: false);
    private static readonly Step Text = new("sms-1", Channel.Text, null, ShortText, Duration.Zero, GoOn: false);

    /// <summary>Call if there is a phone and the window is open, then e-mail always, then a text.</summary>
    public static Sequence Default { get; } = new("sop", 1, "Call, e-mail, text", [Call, Email, Text]);

    private const string FollowUpLetter = """
        Hello{{#if lead.first_name}} {{lead.first_name}}{{/if}},

        I wrote to you a few days ago for {{seller.name}} and would not like it to be lost among other mail.{{#if seller.offer}} {{seller.offer}}{{/if}}

        Is there somebody{{#if company.name}} at {{company.name}}{{/if}} I should rather ask? One line is enough, also a "no, thank you".

        Kind regards,
        {{sender.name}}
        {{seller.name}}

        --
        This is an advertisement from {{seller.name}}, {{seller.postal_address}}.
        To stop all messages: Reply STOP or use {{unsubscribe_url}}
        """;

    private const string LastLetter = """
        Hello{{#if lead.first_name}} {{lead.first_name}}{{/if}},

        this is my last message. If {{seller.name}} can be of use to you one day, a reply to this e-mail will always reach me.

        Kind regards,
        {{sender.name}}
        {{seller.name}}

        --
        This is an advertisement from {{seller.name}}, {{seller.postal_address}}.
        To stop all messages: Reply STOP or use {{unsubscribe_url}}
        """;

    /// <summary>E-mail, text, call, and two more e-mails three and seven days later. Any reply ends it.</summary>
    public static Sequence EmailFirstWithFollowUps { get; } = new("email-first", 1, "E-mail, text, call, two follow-ups",
    [
        Email, Text, Call with { GoOn = false },
        new Step("email-2", Channel.Email, "A question from {{seller.name}}", FollowUpLetter, Duration.FromDays(3), GoOn: false),
        new Step("email-3", Channel.Email, "A last word from {{seller.name}}", LastLetter, Duration.FromDays(4), GoOn: false),
    ]);

    /// <summary>The SOP's other order: e-mail, text, call.</summary>
    public static Sequence EmailFirst { get; } = new("sop-email-first", 1, "E-mail, text, call", [Email, Text, Call with { GoOn = false }]);
}
