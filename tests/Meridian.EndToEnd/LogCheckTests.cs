using Meridian.LogCheck;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>The checker believes an honest log, and each law bites alone when one thing is wrong with it.</summary>
public sealed class LogCheckTests : IDisposable
{
    private readonly LogCheckWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void An_honest_log_passes_with_every_promise_asked_for()
    {
        var report = _world.Check(i => i with { ZoneFlow = true });

        Assert.Empty(report.Violations);
        Assert.Equal((7, 5, 5, 1), (report.Persons, report.Eligible, report.Emailed, report.SharedNumbers));
        Assert.Equal(5, report.Counts["email"]);
    }

    [Fact]
    public void Law_1_a_touch_used_twice()
    {
        _world.Change("email", "ben@two.example", l => l with { Touch = "t-ana-email" });
        Bites("1-touch-once");
    }

    [Fact]
    public void Law_2_a_second_email_to_one_person()
    {
        _world.Email("16:00:00", "box9@growth.example", "ana@one.example", "again", "One Bakery");
        Bites("2-person-once");
    }

    [Fact]
    public void Law_2_a_shared_number_bears_as_many_calls_as_holders_and_no_more()
    {
        _world.Call("15:10:00", "+12025550180", "+13125550105", "first");
        _world.Call("15:20:00", "+12025550180", "+13125550105", "second");
        Assert.Empty(_world.Check().Violations);

        _world.Call("15:30:00", "+12025550180", "+13125550105", "third");
        Bites("2-person-once");
    }

    [Theory]
    [InlineData("2026-11-16T15:59:59.999Z")] // a moment before eight in Los Angeles
    [InlineData("2026-11-17T02:00:00.000Z")] // six in the evening there
    [InlineData("2026-11-21T18:00:00.000Z")] // Saturday
    [InlineData("2026-11-26T18:00:00.000Z")] // Thanksgiving
    [InlineData("2027-12-31T18:00:00.000Z")] // New Year's Day 2028, a Saturday, observed
    [InlineData("2027-07-05T18:00:00.000Z")] // Independence Day, a Sunday, observed
    public void Law_3_a_call_outside_the_hours(string at)
    {
        _world.Change("call", "+12135550102", l => l with { At = at });
        Bites("3-open-hours");
    }

    [Fact]
    public void Law_3_eight_o_clock_is_open()
    {
        _world.Change("call", "+12125550101", l => l with { At = "2026-11-16T13:00:00.000Z" });
        Assert.Empty(_world.Check().Violations);
    }

    [Theory]
    [InlineData("CA", "2026-11-16T16:59:59.999Z")] // 8:59 in Los Angeles, and California lets no machine call before nine
    [InlineData("KY", "2026-11-16T17:59:59.999Z")] // nine is early enough for the number's state, not for Kentucky's ten on two clocks
    [InlineData("PA", "2027-11-02T18:00:00.000Z")] // Election Day is a holiday in Pennsylvania
    public void Law_3_the_hours_of_a_state(string state, string at)
    {
        _world.Import = _world.Import.Replace("CA,US,\"2 Main St, Los Angeles, CA 90001\"", $"{state},US,", StringComparison.Ordinal);
        _world.Change("call", "+12135550102", l => l with { At = at });
        Bites("3-open-hours");
    }

    [Fact]
    public void Law_3_a_statutes_own_clock()
    {
        // Mississippi says Central Standard Time: half past eight in summer is half past seven on that clock.
        _world.Import = _world.Import.Replace("NY,US,\"1 Main St, New York, NY 10001\"", "MS,US,", StringComparison.Ordinal);
        _world.Change("call", "+12125550101", l => l with { At = "2027-07-01T14:00:00.000Z" });
        Assert.Empty(_world.Check().Violations);

        _world.Change("call", "+12125550101", l => l with { At = "2027-07-01T13:30:00.000Z" });
        Bites("3-open-hours");
    }

    [Theory]
    [InlineData("MI,US,\"1 Main St, Detroit, MI 48201\"")]
    [InlineData("NE,US,\"1 Main St, Omaha, NE 68102\"")] // from mobiles, and no export says which line is none
    public void Law_14_a_state_that_bars_the_voice(string home)
    {
        _world.Import = _world.Import.Replace("NY,US,\"1 Main St, New York, NY 10001\"", home, StringComparison.Ordinal);
        Bites("14-state-voice");
    }

    [Fact]
    public void Law_14_a_bar_that_a_consent_lifts()
    {
        _world.Import = _world.Import.Replace("NY,US,\"1 Main St, New York, NY 10001\"", "AZ,US,\"1 Main St, Phoenix, AZ 85001\"", StringComparison.Ordinal);
        Assert.DoesNotContain(_world.Check().Violations, v => v.Law == "14-state-voice");
    }

    [Fact]
    public void Law_14_more_attempts_than_the_state_counts()
    {
        _world.Import = _world.Import.Replace("CA,US,\"2 Main St, Los Angeles, CA 90001\"", "OR,US,", StringComparison.Ordinal);
        _world.Change("call", "+12135550102", l => l with { At = "2026-11-16T19:00:00.000Z" });
        foreach (var hour in new[] { "18", "20", "21" }) _world.Add(new($"2026-11-16T{hour}:30:00.000Z", "sms", "+12025550190", "+12135550102", $"t-{hour}"));
        Assert.Contains(_world.Check().Violations, v => v.Law == "14-state-voice");
    }

    [Fact]
    public void Law_4_a_call_without_consent()
    {
        _world.Call("18:00:00", "+12025550180", "+13125550103", "t-cara-call");
        Bites("4-consent");
    }

    [Fact]
    public void Law_4_a_text_to_a_switchboard()
    {
        _world.Add(new("2026-11-16T18:00:00.000Z", "sms", "+12025550190", "+12135550102", "t-ben-sms"));
        Bites("4-consent");
    }

    [Theory]
    [InlineData("reply", "ben@two.example")]
    [InlineData("optout", "ben@two.example")]
    [InlineData("optout", "+12135550102")]
    public void Law_5_a_call_after_a_stop(string kind, string from)
    {
        _world.Add(new("2026-11-16T16:59:49.000Z", kind, from, "box2@growth.example", null));
        Bites("5-stop");
    }

    [Fact]
    public void Law_15_one_confirmation_within_five_minutes_to_whoever_asked()
    {
        _world.Add(new("2026-11-16T20:00:00.000Z", "optout", "+12135550102", "+12025550190", null));
        _world.Add(new("2026-11-16T20:04:00.000Z", "confirm_sms", "+12025550190", "+12135550102", null));
        Assert.Empty(_world.Check().Violations);

        _world.Add(new("2026-11-16T20:04:30.000Z", "confirm_sms", "+12025550190", "+12135550102", null));
        Bites("15-one-confirmation");
    }

    [Theory]
    [InlineData("2026-11-16T20:06:00.000Z", "+12135550102")] // late
    [InlineData("2026-11-16T20:01:00.000Z", "+13125550105")] // somebody else
    public void Law_15_a_confirmation_nobody_asked_for(string at, string to)
    {
        _world.Add(new("2026-11-16T20:00:00.000Z", "optout", "+12135550102", "+12025550190", null));
        _world.Add(new(at, "confirm_sms", "+12025550190", to, null));
        Bites("15-one-confirmation");
    }

    [Fact]
    public void Law_5_ten_seconds_are_grace()
    {
        _world.Add(new("2026-11-16T16:59:50.000Z", "reply", "ben@two.example", "box2@growth.example", null));
        Assert.Empty(_world.Check().Violations);
    }

    [Fact]
    public void Law_5_an_optout_reaches_whoever_shares_the_number()
    {
        _world.Add(new("2026-11-16T15:00:00.000Z", "optout", "eve@five.example", "box4@growth.example", null));
        _world.Call("16:00:00", "+12025550180", "+13125550105", "t-finn-call");
        Bites("5-stop");
    }

    [Fact]
    public void Law_6_two_emails_of_one_mailbox_too_close()
    {
        _world.Change("email", "ben@two.example", l => l with { From = "box1@growth.example", At = "2026-11-16T14:02:59.999Z" });
        Bites("6-pace");
    }

    [Fact]
    public void Law_7_an_email_the_owner_never_heard_of()
    {
        _world.Remove("owner_email", l => l.Subject!.Contains("ben@two.example", StringComparison.Ordinal));
        Bites("7-owner-told");
    }

    [Fact]
    public void Law_7_the_subject_is_exact()
    {
        _world.Change("owner_email", "owner@growth.example", l => l with { Subject = l.Subject!.Replace("SENT:", "Sent:", StringComparison.Ordinal) });
        Bites("7-owner-told");
    }

    [Fact]
    public void Law_7_the_last_ten_minutes_are_on_their_way()
    {
        _world.Remove("owner_email", l => l.Subject!.Contains("ben@two.example", StringComparison.Ordinal));
        _world.Change("email", "ben@two.example", l => l with { At = "2026-11-16T19:55:00.000Z" });
        Assert.Empty(_world.Check().Violations);
    }

    [Fact]
    public void Law_8_a_mailbox_over_its_cap()
    {
        Assert.Empty(_world.Check(i => i with { MailboxCap = 1 }).Violations);

        _world.Change("email", "ben@two.example", l => l with { From = "box1@growth.example" });
        Bites("8-daily-caps", i => i with { MailboxCap = 1 });
    }

    [Fact]
    public void Law_9_somebody_forgotten()
    {
        _world.Remove("email", l => l.To == "ben@two.example");
        Bites("9-everybody-emailed");
    }

    [Fact]
    public void Law_9_mailboxes_left_idle_while_people_wait()
    {
        _world.Remove("email", l => l.To == "ben@two.example" || l.To == "ana@one.example");
        Bites("9-everybody-emailed", i => i with { Mailboxes = 4, MailboxCap = 1 });
    }

    [Fact]
    public void Law_10_an_email_to_a_do_not_call()
    {
        _world.Email("16:00:00", "box9@growth.example", "dora@four.example", "t-dora-email", "Four Roofing");
        Bites("10-do-not-call");
    }

    [Fact]
    public void Law_11_an_email_to_a_stranger()
    {
        _world.Email("16:00:00", "box9@growth.example", "stranger@nowhere.example", "t-stranger", "Nowhere");
        Bites("11-known-address");
    }

    [Fact]
    public void Law_12_the_west_called_before_the_east()
    {
        _world.Change("call", "+12125550101", l => l with { At = "2026-11-16T18:00:00.000Z" });
        Bites("12-east-to-west", i => i with { ZoneFlow = true });
    }

    [Fact]
    public void Law_13_a_call_where_nobody_consented() => Bites("13-no-consent", i => i with { ExpectNoConsent = true });

    [Theory]
    [InlineData("POST /call", "+12125550101")]
    [InlineData("END", "ana@one.example")]
    public void Law_16_a_touch_asked_for_twice_even_where_nothing_came_of_it(string request, string to)
    {
        string Asked(string touch, string whom) => $$"""{"at":"2026-11-16T14:00:00.000Z","provider":"sandbox","request":"{{request}}","to":"{{whom}}","touch":"{{touch}}","body":null,"fault":"cut-before"}""" + "\n";
        _world.Wire = Asked("t-1", to) + Asked("t-2", to) + Asked("t-1", "owner@growth.example") + Asked("t-1", "owner@growth.example") + "{\"at\":";
        Assert.Empty(_world.Check().Violations);
        _world.Wire = Asked("t-1", to) + _world.Wire;
        Bites("16-asked-once");
    }

    [Fact]
    public void A_torn_line_is_forgiven_only_at_the_end()
    {
        _world.Tail = "{\"at\":\"2026-11-16T20:0";
        Assert.Empty(_world.Check().Violations);

        _world.Head = _world.Tail;
        Bites("0-log");
    }

    private void Bites(string law, Func<CheckInput, CheckInput>? with = null) =>
        Assert.Equal([law], _world.Check(with).Violations.Select(v => v.Law).Distinct());
}
