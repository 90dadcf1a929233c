using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Campaigns;

public class PlannerTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 11, 16, 15, 0);
    private static readonly Enrollment Walk = new("enr_1", "lead_1", "cam_1", 1, "sop", 1, EnrollmentState.Active, null, Now);
    private readonly List<Touch> history = [];
    private readonly Dictionary<string, Verdict> outlook = new() { ["call-1"] = Allow(), ["email-1"] = Allow(), ["sms-1"] = Allow() };

    [Fact]
    public void A_call_that_is_possible_now_goes_first_and_the_email_waits_ten_minutes_for_it()
    {
        var plan = Next();
        Assert.Equal(["call-1", "email-1"], plan.Offers.Select(o => o.Step.StepId));
        Assert.Equal(Now, plan.Offers[0].DueAt);
        Assert.Equal(Now + Duration.FromMinutes(10), plan.Offers[1].DueAt);
    }

    [Fact]
    public void The_email_waits_no_longer_than_the_window_is_open()
    {
        outlook["call-1"] = Allow(until: Now + Duration.FromMinutes(4));
        Assert.Equal(Now + Duration.FromMinutes(4), Next().Offers[1].DueAt);
    }

    [Fact]
    public void A_window_that_opens_within_ten_minutes_is_waited_for()
    {
        outlook["call-1"] = Wait(Now + Duration.FromMinutes(9));
        var plan = Next();
        Assert.Equal(Now + Duration.FromMinutes(9), plan.Offers[0].DueAt);
        Assert.Equal(Now + Duration.FromMinutes(10), plan.Offers[1].DueAt);
    }

    [Fact]
    public void Window_closed_email_now_and_the_call_keeps_its_own_offer_for_the_opening()
    {
        var opening = Now + Duration.FromHours(5);
        outlook["call-1"] = Wait(opening);
        var plan = Next();
        Assert.Equal(opening, plan.Offers[0].DueAt);
        Assert.Equal(Now, plan.Offers[1].DueAt);
        Assert.Equal(2, plan.Offers.Count);
    }

    [Fact]
    public void A_call_without_legal_basis_is_parked_at_once_and_the_email_goes_out()
    {
        outlook["call-1"] = Park(ParkedReason.NoLegalBasis);
        var plan = Next();
        Assert.Equal(ParkedReason.NoLegalBasis, plan.Offers[0].Parked);
        Assert.Equal("email-1", plan.Offers[1].Step.StepId);
        Assert.Equal(Now, plan.Offers[1].DueAt);
    }

    [Fact]
    public void A_person_without_phone_is_emailed_now_and_the_text_is_skipped_after_it()
    {
        outlook["call-1"] = Refuse(SkippedReason.NoAddress);
        outlook["sms-1"] = Refuse(SkippedReason.NoAddress);
        var plan = Next();
        Assert.Equal(SkippedReason.NoAddress, plan.Offers[0].Skipped);
        Assert.Equal(Now, plan.Offers[1].DueAt);
        Assert.Equal(2, plan.Offers.Count);
    }

    [Fact]
    public void The_text_comes_only_when_call_and_email_are_through()
    {
        history.Add(Ended("call-1", Channel.Call));
        history.Add(Planned("email-1", Channel.Email));
        Assert.Empty(Next().Offers);
        history[1] = Ended("email-1", Channel.Email);
        Assert.Equal(["sms-1"], Next().Offers.Select(o => o.Step.StepId));
    }

    [Fact]
    public void A_parked_call_does_not_hold_the_text()
    {
        history.Add(Planned("call-1", Channel.Call) with { ParkedReason = ParkedReason.NoLegalBasis });
        history.Add(Ended("email-1", Channel.Email));
        Assert.Equal(["sms-1"], Next().Offers.Select(o => o.Step.StepId));
    }

    [Fact]
    public void A_hold_stops_the_whole_person()
    {
        history.Add(Planned("call-1", Channel.Call) with { ParkedReason = ParkedReason.Held });
        Assert.Empty(Next().Offers);
    }

    [Fact]
    public void A_call_in_the_air_holds_the_text_and_a_second_plan_offers_nothing_twice()
    {
        history.Add(Ended("call-1", Channel.Call) with { ClosedAt = null });
        history.Add(Ended("email-1", Channel.Email));
        Assert.Empty(Next().Offers);
    }

    [Fact]
    public void An_email_that_was_proved_not_sent_gets_three_more_attempts_with_back_off()
    {
        history.Add(Ended("call-1", Channel.Call));
        var waits = new List<Duration>();
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            history.Add(Ended("email-1", Channel.Email) with { Attempt = attempt, State = TouchState.Failed, FailedBecause = FailedBecause.Transient });
            var offer = Next().Offers.FirstOrDefault(o => o.Step.StepId == "email-1");
            if (attempt == 4)
            {
                Assert.Null(offer);
                continue;
            }

            Assert.Equal(attempt + 1, offer!.Attempt);
            waits.Add(offer.DueAt - Now);
        }

        Assert.Equal([Duration.FromMinutes(1), Duration.FromMinutes(5), Duration.FromMinutes(25)], waits);
    }

    [Fact]
    public void A_call_that_failed_is_not_dialled_again_but_an_account_fault_is_nobodys_attempt()
    {
        history.Add(Ended("call-1", Channel.Call) with { State = TouchState.Failed, FailedBecause = FailedBecause.Transient });
        Assert.DoesNotContain(Next().Offers, o => o.Step.StepId == "call-1");
        history[0] = history[0] with { FailedBecause = FailedBecause.Account };
        Assert.Contains(Next().Offers, o => o.Step.StepId == "call-1" && o.Attempt == 2);
    }

    [Fact]
    public void A_touch_nobody_knows_the_outcome_of_never_gets_a_new_attempt()
    {
        history.Add(Ended("call-1", Channel.Call));
        history.Add(Ended("email-1", Channel.Email) with { State = TouchState.Unconfirmed });
        Assert.DoesNotContain(Next().Offers, o => o.Step.StepId == "email-1");
    }

    [Fact]
    public void A_walk_is_finished_when_every_step_ended_and_none_waits_for_a_fact()
    {
        history.AddRange([Ended("call-1", Channel.Call), Ended("email-1", Channel.Email), Ended("sms-1", Channel.Text)]);
        Assert.True(Next().Finished);
        history[0] = Planned("call-1", Channel.Call) with { ParkedReason = ParkedReason.NoLegalBasis };
        Assert.False(Next().Finished);
    }

    [Fact]
    public void A_walk_whose_every_step_is_skipped_at_once_is_finished_at_once()
    {
        foreach (var step in outlook.Keys.ToList()) outlook[step] = Refuse(SkippedReason.NoAddress);
        var plan = Next();
        Assert.Equal(3, plan.Offers.Count);
        Assert.True(plan.Finished);
    }

    [Fact]
    public void The_other_order_email_then_text_then_call()
    {
        Assert.Equal(["email-1"], Next(SopSequence.EmailFirst).Offers.Select(o => o.Step.StepId));
        history.Add(Ended("email-1", Channel.Email));
        outlook["sms-1"] = Park(ParkedReason.NoLegalBasis);
        Assert.Equal(["sms-1", "call-1"], Next(SopSequence.EmailFirst).Offers.Select(o => o.Step.StepId));
    }

    [Fact]
    public void A_stopped_walk_gets_nothing() => Assert.Empty(Planner.Next(Walk with { State = EnrollmentState.Stopped }, SopSequence.Default, history, outlook, Now).Offers);

    private Plan Next(Sequence? sequence = null) => Planner.Next(Walk, sequence ?? SopSequence.Default, history, outlook, Now);

    private static Verdict Allow(Instant? until = null) => new(Ruling.Allow, [], Now, until ?? Now + Duration.FromHours(3));

    private static Verdict Wait(Instant until) => new(Ruling.Wait, [new Finding("InsideWindow", Ruling.Wait, "closed", "test", until)], Now, until);

    private static Verdict Park(ParkedReason reason) => new(Ruling.Park, [new Finding("LegalBasis", Ruling.Park, "none", "test", Parked: reason)], Now, Now);

    private static Verdict Refuse(SkippedReason reason) => new(Ruling.Refuse, [new Finding("HasAddress", Ruling.Refuse, "none", "test", Skipped: reason)], Now, Now);

    private static Touch Planned(string step, Channel channel) => new(
        $"tch_{step}", "lead_1", "enr_1", "cam_1", channel, step, 1, 1, TouchState.Planned, null, null, "x", "cam_1/x", "always", "always", 2, Now, Now,
        Now + Duration.FromDays(30), null, null, null, null, null, null, null, null, null);

    private static Touch Ended(string step, Channel channel) => Planned(step, channel) with
    {
        State = TouchState.Sent,
        BegunAt = Now - Duration.FromMinutes(5),
        ClosedAt = Now - Duration.FromMinutes(4),
    };
}
