using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Apollo;

/// <summary>Apollo's refusals, word for word where the words are known. No two of its doors say no in the same shape.</summary>
internal static class ApolloErrors
{
    /// <summary>Not JSON.</summary>
    public static Answer WrongKey => new(401, new JsonObject())
    {
        PlainText = "Invalid API key. See https://docs.apollo.io/reference/authentication for how to authenticate.",
    };

    /// <summary>Not a 401.</summary>
    public static Answer NoKey => Invalid("Api key required");

    public static Answer NoApi(string endpoint) => new(403, new JsonObject
    {
        ["error"] = $"This API key is not authorized to access {endpoint}. Request an API key from your administrator that includes this endpoint in its scope.", ["error_code"] = "API_INACCESSIBLE",
    });

    public static Answer RetiredSearch =>
        Invalid("This endpoint is deprecated for API callers. Please use the new mixed_people/api_search endpoint: https://docs.apollo.io/reference/people-api-search.");

    public static Answer NoWebhook => new(400, new JsonObject { ["error"] = "Please add a valid 'webhook_url' parameter when using 'reveal_phone_number'" });

    public static Answer Pending => new(404, new JsonObject { ["error_code"] = "result_pending", ["retry_after_seconds"] = 10 });

    public static Answer NotFound => new(404, new JsonObject { ["error"] = "Not Found" });

    public static Answer Invalid(string error) => new(422, new JsonObject { ["error"] = error });

    public static Answer Bulk(string code, string message) => new(400, new JsonObject { ["status"] = "failed", ["error_code"] = code, ["error_message"] = message });

    public static Answer Result(int status, string code) => new(status, new JsonObject { ["error_code"] = code });

    public static Answer OutOfCredits(DateTimeOffset now) => new(422, new JsonObject
    {
        ["error"] = "You have insufficient credits! <a href='https://app.apollo.io/#/settings/plans/upgrade'>Upgrade your plan</a> to increase your number of lead credits.",
        ["error_details"] = new JsonObject
        {
            ["code"] = "BILLING.LIMIT.CREDITS_EXHAUSTED", ["message"] = "Your team has used all of its credits for this billing cycle.",
            ["suggestions"] = new JsonArray("Upgrade your plan"),
            ["context"] = new JsonObject
            {
                ["credit_type"] = new JsonObject { ["value"] = "lead credits" }, ["credit_balance"] = new JsonObject { ["value"] = 0 },
                ["next_billing_date"] = new JsonObject { ["value"] = new DateTime(now.Year, now.Month, 1).AddMonths(1).ToString("yyyy-MM-dd") },
            },
        },
    });

    /// <param name="nested">The people search puts the whole sentence into its message once more as JSON.</param>
    public static Answer TooMany(string endpoint, int most, string window, bool nested)
    {
        var message = $"The maximum number of api calls allowed for {endpoint} is {most} times per {window}. Please upgrade your plan from https://app.apollo.io/#/settings/plans/upgrade.";
        return new(429, new JsonObject { ["message"] = nested ? new JsonObject { ["message"] = message }.ToJsonString() : message });
    }
}
