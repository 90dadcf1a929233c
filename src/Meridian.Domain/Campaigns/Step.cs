using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Campaigns;

/// <summary>One step of a sequence.</summary>
/// <param name="StepId">Permanent: editing a sequence keeps it, so that "once per person and step" survives every version.</param>
/// <param name="Channel">How the person is reached.</param>
/// <param name="Subject">Handlebars template of the subject (e-mail only).</param>
/// <param name="Body">Handlebars template of the text, or of the voice agent's first message.</param>
/// <param name="Delay">Waiting time after the step before it is through.</param>
/// <param name="GoOn">The next step is offered together with this one: a call that cannot be made now never holds the e-mail.</param>
/// <param name="StopOn">How this step must end for all later ones to be dropped; null or empty for never. A reply and an opt-out end the walk in any case.</param>
public sealed record Step(string StepId, Channel Channel, string? Subject, string Body, Duration Delay, bool GoOn, IReadOnlyList<Disposition>? StopOn = null);
