using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Consents;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Signed consents, in the ledger's lock order: addresses, the person, then what waited for them.</summary>
public sealed class SqlConsents(SqlStore store, IIds ids) : IConsentBook
{
    internal const string SignerRow = "select id, opted_out_at from lead where id = @lead";

    internal const string TakeAddress = """
        insert into address_key (id, kind, writes) values (@address, 'phone', 1) on conflict (id) do update set writes = address_key.writes + 1
        """;

    internal const string OwnAddresses = "select address_id from lead_address where lead_id = @lead and detached_at is null and role <> 'company' order by address_id";

    // Also those from whom the address was taken meanwhile: their "no" stays.
    internal const string OthersWhoSaidNo = """
        select count(*) from lead_address la join lead l on l.id = la.lead_id where la.address_id = @address and la.lead_id <> @lead and l.opted_out_at is not null
        """;

    internal const string OtherOwners = "select count(*) from lead_address where address_id = @address and lead_id <> @lead and detached_at is null and role <> 'company'";

    internal const string CompanyLines = "select count(*) from lead_address where address_id = @address and role = 'company' and detached_at is null";

    internal const string SuppressedAmong = """
        select a.id from address_key a join lead_address la on la.address_id = a.id
         where la.lead_id = @lead and la.detached_at is null and la.role <> 'company' and a.suppressed_at is not null order by a.id
        """;

    internal const string IsSuppressed = "select count(*) from address_key where id = @address and suppressed_at is not null";

    internal const string Lift = "update address_key set suppressed_at = null, suppressed_reason = null, writes = writes + 1 where id = @address and suppressed_at is not null";

    internal const string OptInAgain = "update lead set opted_out_at = null where id = @lead and opted_out_at is not null";

    internal const string SaidNoAfter = """
        select (select count(*) from consent where lead_id = @lead and withdrawn_at >= @given)
             + (select count(*) from suppression k join lead_address la on la.address_id = k.address_id where la.lead_id = @lead and la.role <> 'company' and k.at >= @given)
        """;

    internal const string LiveOnPage = """
        select channel from consent where lead_id = @lead and address_id = @address and status = 'recorded' and seller = @seller and text_version = @version
           and (expires_at is null or expires_at > @fresh)
        """;

    internal const string Attach = """
        insert into lead_address (lead_id, address_id, kind, role, attached_at) values (@lead, @address, 'phone', 'direct', @now)
            on conflict (lead_id, address_id) do update set detached_at = null, attached_at = excluded.attached_at, role = 'direct' where lead_address.detached_at is not null
        """;

    internal const string KeepSignature = """
        insert into consent_signature (id, lead_id, address_id, channels, seller, signature, text_version, text_hash, text, from_address, browser, signed_at)
        values (@id, @lead, @address, @channels, @seller, @signature, @version, @hash, @text, @from, @browser, @now)
        """;

    internal const string FirstInLine = "update touch set priority = 0 where id = @touch and state = 'planned' and parked_reason is null";

    internal const string Signatures = """
        select id, lead_id, address_id, channels, seller, signature, text_version, text_hash, text, from_address, browser, signed_at,
               (select min(c.expires_at) from consent c where c.lead_id = consent_signature.lead_id and c.evidence = consent_signature.id) as expires_at
          from consent_signature order by signed_at desc, id limit @most
        """;

    internal const string SignaturesOf = """
        select id, lead_id, address_id, channels, seller, signature, text_version, text_hash, text, from_address, browser, signed_at,
               (select min(c.expires_at) from consent c where c.lead_id = consent_signature.lead_id and c.evidence = consent_signature.id) as expires_at
          from consent_signature where lead_id = @lead order by signed_at desc, id limit @most
        """;

    private static readonly Duration Renewal = Duration.FromDays(30);

    public Task<Signer?> FindAsync(string leadId) => store.ReadAsync(async s =>
        await s.FirstOrDefaultAsync<SignerData>(SignerRow, new { lead = leadId }) is { } row ? new Signer(row.Id, row.OptedOutAt) : null);

    public async Task<SignResult> SignAsync(SignedConsent signed)
    {
        while (true)
        {
            // Read before anything is locked, and again under the locks: an address that came meanwhile starts this anew.
            var known = await store.ReadAsync(s => s.QueryAsync<string>(OwnAddresses, new { lead = signed.LeadId }));
            if (await store.WriteAsync<SignResult?>(s => SignAsync(s, signed, known)) is { } result) return result;
        }
    }

    private async Task<SignResult?> SignAsync(SqlSession s, SignedConsent signed, IReadOnlyList<string> known)
    {
        var (lead, number, now) = (signed.LeadId, signed.Number, signed.At);
        foreach (var address in known.Append(number).Distinct().Order(StringComparer.Ordinal)) await s.ExecuteAsync(TakeAddress, new { address });

        if (await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead }) == 0) throw new RollBackException(SignResult.NobodyThere);
        if (!(await s.QueryAsync<string>(OwnAddresses, new { lead })).SequenceEqual(known)) throw new RollBackException(null!);
        if (await s.ScalarAsync<long>(CompanyLines, new { address = number }) > 0) throw new RollBackException(SignResult.CompanyLine);

        // A page that was opened before they said no does not take the no back, however late its button is pressed.
        var person = (await s.FirstOrDefaultAsync<SignerData>(SignerRow, new { lead }))!;
        if (person.OptedOutAt is not null && person.OptedOutAt != signed.TakesBack) throw new RollBackException(SignResult.SaidNoSince);

        // Words that lay on the way for a while say nothing about what was said after them.
        if (signed.GivenAt is { } given && await s.ScalarAsync<long>(SaidNoAfter, new { lead, given }) > 0) throw new RollBackException(SignResult.SaidNoSince);

        // Theirs to take back is only what they hold themselves and nobody else said no to.
        var lifted = person.OptedOutAt is null ? [] : await s.QueryAsync<string>(SuppressedAmong, new { lead });
        if (!lifted.Contains(number) && await s.ScalarAsync<long>(IsSuppressed, new { address = number }) > 0) throw new RollBackException(SignResult.SomebodyElsesNo);
        foreach (var address in lifted)
            if (await s.ScalarAsync<long>(OthersWhoSaidNo, new { lead, address }) > 0) throw new RollBackException(SignResult.SomebodyElsesNo);

        // A shared number may be given by each who shares it; one that is only known as another's may not.
        if (!known.Contains(number) && await s.ScalarAsync<long>(OtherOwners, new { lead, address = number }) > 0) throw new RollBackException(SignResult.SomebodyElsesNumber);

        // What was signed before is good until it ends; a new signature a month or more later begins its life anew.
        var owner = await OwnerRow.OfAsync(s);
        var expires = ConsentLife.EndOf(signed.Day, now, owner.Law.ConsentMonths, owner.Zone);
        var live = await s.QueryAsync<string>(LiveOnPage, new { lead, address = number, seller = signed.Seller, version = signed.TextVersion, fresh = expires is { } end && end - Renewal > now ? end - Renewal : now });
        var channels = signed.Channels.Select(Words.Of).Distinct().Order(StringComparer.Ordinal).ToList();
        var again = person.OptedOutAt is not null;
        if (!again && channels.All(live.Contains)) return SignResult.Known;

        if (again)
        {
            foreach (var address in lifted) await s.ExecuteAsync(Lift, new { address });
            await s.ExecuteAsync(SqlPeopleLedger.WithdrawConsents, new { lead, now, reason = "taken back by an opt-out" }); // none of the time before comes back with them
            await s.ExecuteAsync(OptInAgain, new { lead });
        }

        await s.ExecuteAsync(Attach, new { lead, address = number, now });

        var id = ids.New("sig");
        await s.ExecuteAsync(KeepSignature, new
        {
            id,
            lead,
            address = number,
            channels = string.Join(',', channels),
            seller = signed.Seller,
            signature = signed.Signature,
            version = signed.TextVersion,
            hash = signed.TextHash,
            text = signed.Text,
            from = signed.From,
            browser = signed.Browser,
            now,
        });
        foreach (var channel in channels.Where(c => again || !live.Contains(c)))
            await s.ExecuteAsync(SqlIntake.InsertConsent, new
            {
                id = ids.New("cns"),
                lead,
                address = number,
                channel,
                status = "recorded",
                seller = signed.Seller,
                version = signed.TextVersion,
                evidence = id,
                given = signed.Day.ToString("uuuu-MM-dd", null),
                expires,
                attested = $"{signed.Signature}, {signed.Where}",
                missing = (string?)null,
                batch = (string?)null,
                now,
            });

        await SqlIntake.FreeOffersAsync(s, lead, channels, now);
        foreach (var offer in await s.QueryAsync<SqlIntake.OfferNow>(SqlIntake.OffersNow, new { lead }))
            if (channels.Contains(offer.Channel)) await s.ExecuteAsync(FirstInLine, new { touch = offer.Id });
        if (channels.Contains(Words.Of(Channel.Call))) await s.ExecuteAsync(SqlCallTasks.WithdrawWaitingOf, new { lead, now, why = $"signed {signed.Where}: the AI voice may call" });
        await AuditVerbs.WriteAsync(s, ids, now, signed.Signature, again ? "consent, and in again" : "consent", lead, again ? $"opted out; suppressed: {string.Join(' ', lifted)}" : null, $"{id}: {string.Join(',', channels)} at {number}");
        return SignResult.Recorded;
    }

    /// <summary>What signs people's links; null until <c>run</c> has made it.</summary>
    public Task<string?> LinkSecretAsync(CancellationToken cancellation) => store.ReadAsync(s => s.ScalarAsync<string>("select value from setting where key = 'secret.links'"), cancellation);

    public Task<IReadOnlyList<KeptSignature>> SignaturesAsync(string? leadId, int most) => store.ReadAsync<IReadOnlyList<KeptSignature>>(async s =>
        (leadId is null ? await s.QueryAsync<SignatureData>(Signatures, new { most = (long)most }) : await s.QueryAsync<SignatureData>(SignaturesOf, new { lead = leadId, most = (long)most })).Select(r => r.ToKept()).ToList());

    private sealed class SignerData
    {
        public string Id { get; init; } = "";
        public Instant? OptedOutAt { get; init; }
    }

    private sealed class SignatureData
    {
        public string Id { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string AddressId { get; init; } = "";
        public string Channels { get; init; } = "";
        public string Seller { get; init; } = "";
        public string Signature { get; init; } = "";
        public string TextVersion { get; init; } = "";
        public string TextHash { get; init; } = "";
        public string Text { get; init; } = "";
        public string FromAddress { get; init; } = "";
        public string? Browser { get; init; }
        public Instant SignedAt { get; init; }
        public Instant? ExpiresAt { get; init; }

        public KeptSignature ToKept() => new(Id, LeadId, AddressId, Channels, Seller, Signature, TextVersion, TextHash, Text, FromAddress, Browser, SignedAt, ExpiresAt);
    }
}
