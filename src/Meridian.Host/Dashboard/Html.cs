using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Meridian.Host.Dashboard;

/// <summary>A piece of a page. Every value put into it is encoded, unless it is such a piece itself: to forget it is impossible.</summary>
public sealed class Html
{
    private readonly string text;

    private Html(string text) => this.text = text;

    public static Html Nothing { get; } = new("");

    public static Html Of(Builder text) => new(text.Text);

    /// <summary>Text of our own source, as it is. Never for a value.</summary>
    internal static Html Trusted(string constant) => new(constant);

    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(p => p.text)));

    public override string ToString() => text;

    /// <summary>What the compiler makes of <c>$"..."</c> here: literals as they are, values encoded.</summary>
    [InterpolatedStringHandler]
    public readonly struct Builder(int literalLength, int formattedCount)
    {
        private readonly StringBuilder text = new(literalLength + formattedCount * 16);

        internal string Text => text.ToString();

        public void AppendLiteral(string literal) => text.Append(literal);

        public void AppendFormatted(Html piece) => text.Append(piece.text);

        public void AppendFormatted(IEnumerable<Html> pieces) => text.Append(Join(pieces).text);

        public void AppendFormatted<T>(T value, string? format = null) => text.Append(HtmlEncoder.Default.Encode(
            value is IFormattable f ? f.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? ""));
    }
}
