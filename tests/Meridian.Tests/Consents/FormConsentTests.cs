using System.Text.Json;
using Meridian.Adapters.HighLevel;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine.Inbound;
using Meridian.Host.Commands;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Consents;

/// <summary>A form's answer counts only with everything a signature on the consent page has.</summary>
public class FormConsentTests
{
    internal const string Seller = "Example LLC";

    internal static readonly string Words = new ConsentText(Seller, "+12025550199", "1 Example Way").Whole;

    internal static readonly RegisteredForm Expo = new("Expo 2026", Words, null, "7", "Ana Owner");

    internal static readonly Instant Received = Instant.FromUtc(2026, 11, 16, 14, 0);

    internal static readonly FormSubmission Good = new("expo 2026", "(212) 555-0111", "Ann Lee", "Yes", "true", Words.Replace("\n\n", "\r\n", StringComparison.Ordinal), null, "203.0.113.7", "2026-11-16T08:59:00-05:00");

    public static TheoryData<string, FormSubmission, string> Lacking => new()
    {
        { "no form", Good with { Form = null }, "form" },
        { "another form", Good with { Form = "Newsletter" }, "not registered" },
        { "no number", Good with { Phone = null }, "phone" },
        { "no US number", Good with { Phone = "+44 20 7946 0000" }, "phone" },
        { "an extension", Good with { Phone = "212-555-0111 ext. 5" }, "extension" },
        { "no signature", Good with { Signature = null }, "signature" },
        { "a cross for a name", Good with { Signature = "X" }, "signature" },
        { "no box ticked", Good with { Calls = "no", Texts = null }, "consent_calls or consent_texts" },
        { "a box nobody can read", Good with { Calls = "maybe" }, "consent_calls" },
        { "no words", Good with { Text = null }, "text" },
        { "other words", Good with { Text = Words.Replace("artificial", "natural", StringComparison.Ordinal) }, "not the words" },
        { "the hash of other words", Good with { TextHash = new string('0', 64) }, "not the words" },
        { "no address", Good with { Ip = null }, "ip" },
        { "an address that is none", Good with { Ip = "somewhere" }, "ip" },
        { "no time", Good with { SubmittedAt = null }, "submitted_at" },
        { "a time without a zone", Good with { SubmittedAt = "2026-11-16T08:59:00" }, "submitted_at" },
        { "a time to come", Good with { SubmittedAt = "2026-11-17T08:59:00Z" }, "not come yet" },
        { "long ago", Good with { SubmittedAt = "2026-11-08T08:59:00Z" }, "7 days" },
    };

    [Fact]
    public void A_complete_answer_is_read_whole()
    {
        var read = FormConsent.Read(Good, [Expo], Seller, Received, out var missing);
        Assert.Empty(missing);
        Assert.Equal(("+12125550111", "Ann Lee", "203.0.113.7", Instant.FromUtc(2026, 11, 16, 13, 59), Expo.Hash), (read!.Number, read.Signature, read.Ip, read.SubmittedAt, read.TextHash));
        Assert.Equal([Channel.Call, Channel.Text], read.Channels);
        Assert.Equal([Channel.Call], FormConsent.Read(Good with { Texts = "no" }, [Expo], Seller, Received, out _)!.Channels);
        Assert.NotNull(FormConsent.Read(Good with { Text = null, TextHash = Expo.Hash.ToUpperInvariant() }, [Expo], Seller, Received, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_the_owner_is_given_to_paste_brings_a_complete_answer_once_the_fields_are_filled_in(bool byText)
    {
        var settings = new ConsentFormSettings { Name = "Expo 2026", Text = byText ? Words : null, TextHash = byText ? null : Expo.Hash, Version = "7", AttestedBy = "Ana Owner" };
        var pasted = settings.CustomData().ToDictionary(d => d.Key, d => d.Value);
        var unfilled = Assert.IsType<SignalMeaning.ConsentFormSent>(Read(pasted)).Said;
        Assert.Equal(("Expo 2026", null, null, null), (unfilled.Form, unfilled.Phone, unfilled.Signature, unfilled.Ip));

        foreach (var (field, value) in new Dictionary<string, string> { ["contact.phone"] = "+12125550111", ["contact.signature"] = "Ann Lee", ["contact.consent_calls"] = "yes", ["contact.consent_texts"] = "no", ["contact.consent_text"] = Words, ["contact.ip"] = "203.0.113.7", ["contact.submitted_at"] = "2026-11-16T08:59:00-05:00" })
            foreach (var key in pasted.Keys.ToList()) pasted[key] = pasted[key].Replace($"{{{{{field}}}}}", value, StringComparison.Ordinal);
        var answer = Assert.IsType<SignalMeaning.ConsentFormSent>(Read(pasted)).Said;
        Assert.NotNull(FormConsent.Read(answer, [settings.Registered()], Seller, Received, out var missing));
        Assert.Empty(missing);

        var printed = WebhooksCommand.Of([settings]).ToList();
        Assert.All(settings.CustomData(), d => Assert.Contains(printed, line => line.Contains(d.Key, StringComparison.Ordinal) && line.EndsWith(d.Value, StringComparison.Ordinal)));
        Assert.Empty(WebhooksCommand.Of([]));

        static SignalMeaning Read(Dictionary<string, string> data) => new HighLevelSignals().Read(JsonSerializer.Serialize(new { contact_id = "con_ann", customData = data }));
    }

    [Theory]
    [MemberData(nameof(Lacking))]
    public void Whatever_is_missing_is_named_and_nothing_counts(string why, FormSubmission said, string named)
    {
        Assert.Null(FormConsent.Read(said, [Expo], Seller, Received, out var missing));
        Assert.True(missing.Any(m => m.Contains(named, StringComparison.Ordinal)), $"{why}: {string.Join("; ", missing)}");
    }

    [Fact]
    public void Everything_that_is_missing_is_named_at_once()
    {
        FormConsent.Read(new FormSubmission(null, null, null, null, null, null, null, null, null), [Expo], Seller, Received, out var missing);
        Assert.Equal(["form", "phone", "signature", "consent_calls or consent_texts", "text", "ip", "submitted_at"], missing.Select(m => m.Split(':')[0]));
    }

    [Fact]
    public void Only_a_hash_is_registered_so_the_answer_brings_the_words_and_they_must_say_it_all()
    {
        var hashed = Expo with { Text = null, TextHash = Expo.Hash };
        Assert.NotNull(FormConsent.Read(Good, [hashed], Seller, Received, out _));
        Assert.Null(FormConsent.Read(Good with { Text = null, TextHash = hashed.TextHash }, [hashed], Seller, Received, out var missing));
        Assert.Contains("only its hash is registered", Assert.Single(missing));
        const string weak = "I agree to calls from Example LLC.";
        Assert.Null(FormConsent.Read(Good with { Text = weak }, [hashed with { TextHash = RegisteredForm.HashOf(weak) }], Seller, Received, out missing));
        Assert.Contains(missing, m => m.Contains("artificial", StringComparison.Ordinal));
        Assert.Null(FormConsent.Read(Good, [Expo], "Another Seller Inc", Received, out missing));
        Assert.Contains("name the seller", Assert.Single(missing));
    }

    [Fact]
    public void The_pages_own_words_say_all_that_is_asked_of_others() => Assert.Empty(ConsentWords.MissingIn(Words, Seller));

    [Theory]
    [InlineData("artificial (AI) or prerecorded", "friendly", "artificial")]
    [InlineData("You need not agree to either in order to buy anything", "You agree", "condition")]
    [InlineData("STOP", "no more", "STOP")]
    [InlineData("sign this electronically", "mean it", "electronically")]
    [InlineData("Example LLC", "We", "seller")]
    public void A_word_that_is_taken_out_is_missed(string word, string instead, string missed) =>
        Assert.Contains(ConsentWords.MissingIn(Words.Replace(word, instead, StringComparison.Ordinal), Seller), m => m.Contains(missed, StringComparison.Ordinal));

    [Fact]
    public void A_form_that_is_registered_badly_is_refused_with_field_and_fix()
    {
        Assert.Empty(new ConsentFormSettings { Name = "Expo", Text = Words, AttestedBy = "Ana" }.Problems(0, Seller));
        var problems = new ConsentFormSettings { TextHash = "x" }.Problems(3, Seller).ToList();
        Assert.Contains(problems, p => p.StartsWith("highLevel.consentForms[3].name is empty", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("highLevel.consentForms[3].attestedBy is empty", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("highLevel.consentForms[3].textHash is 'x'", StringComparison.Ordinal));
        Assert.Contains("name the seller", Assert.Single(new ConsentFormSettings { Name = "Expo", Text = Words, AttestedBy = "Ana" }.Problems(0, "Another Inc")));
    }

    [Fact]
    public void The_workflow_webhook_is_read_and_what_a_template_left_is_not_given()
    {
        var raw = """
            {"contact_id":"con_ann","phone":"+12125550111","customData":{"event":"consent_form","form":"Expo 2026","phone":"{{contact.phone}}","signature":" Ann Lee ","consent_calls":"yes","consent_texts":"","text":"words","ip":"203.0.113.7","submitted_at":"2026-11-16T08:59:00-05:00"}}
            """;
        var sent = Assert.IsType<SignalMeaning.ConsentFormSent>(new HighLevelSignals().Read(raw));
        Assert.Equal(("con_ann", new FormSubmission("Expo 2026", null, "Ann Lee", "yes", null, "words", null, "203.0.113.7", "2026-11-16T08:59:00-05:00")), (sent.ContactId, sent.Said));
        // Whoever is on do-not-disturb in the same breath is heard as that.
        Assert.IsType<SignalMeaning.DoNotDisturbSet>(new HighLevelSignals().Read(raw.Replace("\"contact_id\"", "\"dnd\":true,\"contact_id\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_consent_ends_so_many_months_after_the_day_it_was_given()
    {
        Assert.Equal(Instant.FromUtc(2028, 5, 16, 4, 0), ConsentLife.EndOf(new LocalDate(2026, 11, 16), Received, 18, "America/New_York"));
        Assert.Equal(Instant.FromUtc(2028, 5, 16, 4, 0), ConsentLife.EndOf(null, Received, 18, "America/New_York"));
        Assert.Equal(Instant.FromUtc(2028, 5, 16, 4, 0), ConsentLife.EndOf(new LocalDate(2030, 1, 1), Received, 18, "America/New_York")); // a date to come buys no time
        Assert.Null(ConsentLife.EndOf(new LocalDate(2026, 11, 16), Received, 0, "America/New_York"));
        Assert.Contains("consentMonths", Assert.Single(new LawSettings { ConsentMonths = -1 }.Problems()));
    }
}
