using System.Security.Cryptography;
using System.Text;
using Meridian.Sandbox.Scripts;

namespace Meridian.Host.Demo;

/// <summary>What <c>--faults</c> asks for: a word, or a file that says what goes wrong request by request.</summary>
public static class DemoFaults
{
    /// <exception cref="UsageException">Neither a word nor a file, or a file with mistakes: each is named.</exception>
    public static (string Faults, FaultScript? Script) Read(string given)
    {
        if (DemoOptions.AllFaults.Contains(given)) return (given, null);
        if (!File.Exists(given)) throw new UsageException($"--faults is '{given}': give {string.Join(", ", DemoOptions.AllFaults)}, or a JSON file of faults that exists (docs/faults.md)");
        var text = File.ReadAllText(given);
        try
        {
            return ($"script:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]}", FaultScript.Read(text));
        }
        catch (FaultScriptException wrong)
        {
            throw new UsageException($"--faults {given} cannot be used (docs/faults.md):\n{string.Join('\n', wrong.Problems.Select(problem => $"  {problem}"))}");
        }
    }
}
