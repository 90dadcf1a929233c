using Xunit;

namespace Meridian.EndToEnd;

/// <summary>Consent is earned: people nobody may call are written to, some sign the page, and these are called and texted from then on.</summary>
public class ConsentTests(ITestOutputHelper output)
{
    [Fact]
    public void Whoever_signs_the_page_is_called_and_nobody_else()
    {
        using var demo = new Demo(null, seed: 11, days: 3, consentPage: true);
        var summary = demo.Run();
        var (consents, calls, texts) = (summary.GetProperty("consents").GetInt32(), summary.GetProperty("calls").GetInt32(), summary.GetProperty("sms").GetInt32());
        output.WriteLine($"{consents} signed, {calls} calls, {texts} texts");
        Assert.True(consents >= 15, $"{consents} signed");
        Assert.InRange(calls, consents / 4, consents);
        Assert.True(texts > 0);
        Demo.Holds(demo.Check(expectNoConsent: true)); // nobody was bought with a consent
        var (code, said, errors) = demo.Verb("verify-ledger");
        Assert.True(code == 0, said + errors);
        (code, said, errors) = demo.Verb("consents");
        Assert.True(code == 0, errors);
        Assert.Equal(consents, said.Split('\n').Count(l => l.Contains("signed \"", StringComparison.Ordinal)));
    }
}
