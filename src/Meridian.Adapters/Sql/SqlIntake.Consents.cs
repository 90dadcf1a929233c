using Meridian.Adapters.Csv;
using Meridian.Domain.Compliance;
using Meridian.Engine;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.Sql;

internal sealed partial class SqlIntake
{
    private const string ImportUndone = "its import was undone";

    internal const string ConsentsNow = """
        select id, address_id, channel, status, seller, text_version, evidence, given_on, attested_by, missing, withdrawn_at from consent where lead_id = @lead order by created_at, id
        """;

    internal const string InsertConsent = """
        insert into consent (id, lead_id, address_id, channel, status, seller, text_version, evidence, given_on, expires_at, attested_by, missing, batch_id, created_at)
        values (@id, @lead, @address, @channel, @status, @seller, @version, @evidence, @given, @expires, @attested, @missing, @batch, @now)
        """;

    internal const string CompleteConsent = """
        update consent set status = @status, seller = @seller, text_version = @version, evidence = @evidence, given_on = @given, expires_at = @expires, attested_by = @attested, missing = @missing
         where id = @id and status = 'claimed'
        """;

    private async Task<(int Recorded, int Claimed, IReadOnlySet<string> Opened)> TakeConsentsAsync(
        SqlSession s, ImportBatch batch, ImportRow row, string lead, RowImage before, RowImage after, bool isNew, List<string> warnings)
    {
        var opened = new HashSet<string>();
        if (row.Consents.Count == 0) return (0, 0, opened);
        IReadOnlyList<ConsentData> known = isNew ? [] : await s.QueryAsync<ConsentData>(ConsentsNow, new { lead });
        var (recorded, claimed) = (0, 0);
        var owner = await OwnerRow.OfAsync(s);
        foreach (var consent in row.Consents)
        {
            var channel = Words.Of(consent.Channel);
            foreach (var number in row.OwnNumbers)
            {
                var mine = known.Where(k => k.AddressId == number.Id && k.Channel == channel).ToList();
                var status = await TakeConsentAsync(s, batch, lead, number.Id, channel, consent, mine, before, after, owner, warnings);
                if (status == "recorded")
                {
                    recorded++;
                    if (EndOf(consent.GivenOn, batch, owner) is { } end && end <= batch.At) warnings.Add($"the consent for {number.Id} ({channel}), given on {consent.GivenOn}, is older than {owner.Law.ConsentMonths} months (owner.law.consentMonths): it opens nothing");
                    else opened.Add(channel);
                }

                if (status == "claimed") claimed++;
            }
        }

        if (recorded + claimed > 0 && !isNew) await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead });
        return (recorded, claimed, opened);
    }

    /// <summary>The status it now has; null when nothing changed.</summary>
    private async Task<string?> TakeConsentAsync(
        SqlSession s, ImportBatch batch, string lead, string address, string channel, RowConsent said, List<ConsentData> known, RowImage before, RowImage after, OwnerSettings owner, List<string> warnings)
    {
        var live = known.Where(k => k.Status != "withdrawn").ToList();
        if (live.FirstOrDefault(k => k.IsSameAs(said)) is { } same)
        {
            if (same.Status == "recorded") return null;
            var full = same.CompletedBy(said, batch);
            if (full.Status == "claimed" && full == same.Image with { Missing = full.Missing }) return null; // no word more than before
            await s.ExecuteAsync(CompleteConsent, Args(same.Id, full, EndOf(full.GivenOn, batch, owner)));
            before.Consents[same.Id] = same.Image;
            after.Consents[same.Id] = full;
            return full.Status;
        }

        var image = Judge(new ConsentImage("", said.Seller, said.TextVersion, said.Evidence, said.GivenOn, null, null), batch);
        if (live.Count > 0 && image.Status == "claimed") return null; // another claim beside what is known adds nothing
        // A person who took it back is not asked again by an old file: only by a consent given after that day.
        if (known.Where(k => k.Status == "withdrawn" && k.Missing != ImportUndone).MaxBy(k => k.WithdrawnAt) is { } taken && !IsLater(said.GivenOn, taken.WithdrawnAt))
        {
            warnings.Add($"the consent for {address} ({channel}) was withdrawn; this one is not newer, so it was left out");
            return null;
        }

        var id = ids.New("cns");
        await s.ExecuteAsync(InsertConsent, new
        {
            id,
            lead,
            address,
            channel,
            status = image.Status,
            seller = image.Seller,
            version = image.TextVersion,
            evidence = image.Evidence,
            given = image.GivenOn,
            expires = EndOf(image.GivenOn, batch, owner),
            attested = image.AttestedBy,
            missing = image.Missing,
            batch = batch.Id,
            now = batch.At,
        });
        after.Consents[id] = image;
        return image.Status;
    }

    private static bool IsLater(string? givenOn, Instant? withdrawnAt) =>
        givenOn is not null && withdrawnAt is { } at && string.CompareOrdinal(givenOn, at.InUtc().Date.ToString("uuuu-MM-dd", null)) > 0;

    private static Instant? EndOf(string? givenOn, ImportBatch batch, OwnerSettings owner) =>
        ConsentLife.EndOf(givenOn is not null && LocalDatePattern.Iso.Parse(givenOn) is { Success: true } day ? day.Value : null, batch.At, owner.Law.ConsentMonths, owner.Zone);

    private static object Args(string id, ConsentImage image, Instant? expires = null) => new
    {
        id,
        status = image.Status,
        seller = image.Seller,
        version = image.TextVersion,
        evidence = image.Evidence,
        given = image.GivenOn,
        expires,
        attested = image.AttestedBy,
        missing = image.Missing,
    };

    /// <summary>Recorded only when it is complete and somebody vouches for it; otherwise a claim that says what it lacks.</summary>
    private static ConsentImage Judge(ConsentImage consent, ImportBatch batch)
    {
        var lacks = new List<string>();
        if (batch.AttestedBy is null) lacks.Add("not attested");
        if (consent.Seller is null) lacks.Add("no seller named");
        if (consent.TextVersion is null) lacks.Add("no text version");
        if (consent.Evidence is null) lacks.Add("no evidence reference");
        return lacks.Count == 0
            ? consent with { Status = "recorded", AttestedBy = batch.AttestedBy, Missing = null }
            : consent with { Status = "claimed", AttestedBy = null, Missing = string.Join(", ", lacks) };
    }

    private sealed class ConsentData
    {
        public string Id { get; init; } = "";
        public string AddressId { get; init; } = "";
        public string Channel { get; init; } = "";
        public string Status { get; init; } = "";
        public string? Seller { get; init; }
        public string? TextVersion { get; init; }
        public string? Evidence { get; init; }
        public string? GivenOn { get; init; }
        public string? AttestedBy { get; init; }
        public string? Missing { get; init; }
        public Instant? WithdrawnAt { get; init; }

        public ConsentImage Image => new(Status, Seller, TextVersion, Evidence, GivenOn, AttestedBy, Missing);

        /// <summary>Nothing in one contradicts the other.</summary>
        public bool IsSameAs(RowConsent said) =>
            Agree(Seller, said.Seller) && Agree(TextVersion, said.TextVersion) && Agree(Evidence, said.Evidence) && Agree(GivenOn, said.GivenOn);

        /// <summary>Whoever attests a row vouches for what stands in it: words that an earlier file left behind fill blanks, but do not complete it.</summary>
        public ConsentImage CompletedBy(RowConsent said, ImportBatch batch)
        {
            var full = SqlIntake.Judge(
                Image with { Seller = Seller ?? said.Seller, TextVersion = TextVersion ?? said.TextVersion, Evidence = Evidence ?? said.Evidence, GivenOn = GivenOn ?? said.GivenOn }, batch);
            var isWhole = said is { Seller: not null, TextVersion: not null, Evidence: not null };
            return full.Status == "recorded" && !isWhole ? full with { Status = "claimed", AttestedBy = null, Missing = "no attested row holds all of it" } : full;
        }

        private static bool Agree(string? a, string? b) => a is null || b is null || string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
    }
}
