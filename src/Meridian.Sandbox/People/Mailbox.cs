namespace Meridian.Sandbox.People;

/// <summary>About one address in twenty-five does not exist. It depends on the address alone: a dead mailbox stays dead.</summary>
internal static class Mailbox
{
    public static bool Exists(Chance chance, string address) => chance.Roll("mailbox", address) >= 0.04;
}
