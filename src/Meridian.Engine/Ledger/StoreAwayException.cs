namespace Meridian.Engine.Ledger;

/// <summary>The store could not do it at this moment: it is away, its answer was lost, or a race was. It says nothing about the work; the same may do later.</summary>
public abstract class StoreAwayException(string message, Exception inner) : Exception(message, inner);
