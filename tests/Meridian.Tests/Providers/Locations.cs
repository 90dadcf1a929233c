using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Host.Demo;

namespace Meridian.Tests.Providers;

/// <summary>A location that is asked without waiting for a turn: how fast it may be asked is a matter of other tests.</summary>
internal static class Locations
{
    public static HighLevelLocation Of(HighLevelOptions options, TimeProvider? machine = null) => new(ProviderHttp.Create(TimeSpan.FromSeconds(5)), options, machine ?? TimeProvider.System, pacing: new ImpatientClock());

    public static HighLevelLocation At(Uri baseUrl, string token = "ht", string location = "loc") => Of(new HighLevelOptions { BaseUrl = baseUrl, Token = token, LocationId = location });
}
