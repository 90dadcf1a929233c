using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Host.Commands;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>Whoever mistypes, or whose disk or database says no, reads a sentence and what to do.</summary>
public sealed class BadUsageTests
{
    [Theory]
    [InlineData("opt-out ann@people.example --data x", "there is no verb 'opt-out'", "Try: meridian --help")]
    [InlineData("simulate --seed -1", "Cannot parse argument '-1' for option '--seed': give a whole number, 0 or more", "Try: meridian simulate --help")]
    [InlineData("simulate --seeds many", "Cannot parse argument 'many' for option '--seeds': give a whole number", "Try: meridian simulate --help")]
    [InlineData("demo --speed fast", "Cannot parse argument 'fast' for option '--speed': give a number", "Try: meridian demo --help")]
    public void A_command_line_that_cannot_be_read_is_answered_in_two_lines(string line, string says, string help)
    {
        var root = new RootCommand { SimulateCommand.Create(), DemoCommand.Create() };
        Assert.Equal([says, help], BadUsage.Of(root.Parse(line)));
    }

    [Fact]
    public void A_file_is_no_data_folder()
    {
        var file = Path.GetTempFileName();
        var said = BadUsage.Of(new RootCommand { StatusCommand.Create() }.Parse(["status", "--data", file])).ToList();
        File.Delete(file);
        Assert.Equal([$"--data is {file}, which is a file: give a folder", "Try: meridian status --help"], said);
    }

    [Fact]
    public void What_the_machine_or_the_database_refuses_is_a_sentence_with_a_way_out()
    {
        const string folder = "/srv/meridian";
        Assert.Contains("backup", MachineTrouble.Of(new SqliteException("file is not a database", 26), folder));
        Assert.Contains(folder, MachineTrouble.Of(new SqliteException("unable to open database file", 14), folder));
        Assert.Contains("disk", MachineTrouble.Of(new SqliteException("database or disk is full", 13), folder));
        Assert.Contains("disk", MachineTrouble.Of(new IOException("No space left on device"), folder));
        Assert.Contains("Make the folder first", MachineTrouble.Of(new DirectoryNotFoundException("Could not find x."), folder));
        Assert.Contains("who owns it", MachineTrouble.Of(new UnauthorizedAccessException("Access to x is denied."), folder));
        Assert.Contains("doctor database", MachineTrouble.Of(new DatabaseUnreachableException("PostgreSQL did not answer", new TimeoutException()), folder));
        // A mistake of the program's own is not hidden behind a sentence.
        Assert.Null(MachineTrouble.Of(new InvalidOperationException("a touch in no state"), folder));
        Assert.Null(MachineTrouble.Of(new SqliteException("UNIQUE constraint failed", 19), folder));
    }

    [Fact]
    public void Where_such_a_refusal_came_from_stands_in_the_log_of_a_folder_that_has_one()
    {
        var folder = Directory.CreateTempSubdirectory("meridian-trouble-").FullName;
        var log = Path.Combine(folder, "meridian.log");
        Assert.Null(MachineTrouble.Keep(new IOException("the pipe is broken"), folder, TimeProvider.System));
        Assert.False(File.Exists(log));
        File.WriteAllText(log, "");
        try
        {
            throw new IOException("the pipe is broken");
        }
        catch (IOException e)
        {
            Assert.Equal(log, MachineTrouble.Keep(e, folder, TimeProvider.System));
        }

        var kept = File.ReadAllText(log);
        Directory.Delete(folder, recursive: true);
        Assert.Contains("the pipe is broken", kept);
        Assert.Contains(nameof(Where_such_a_refusal_came_from_stands_in_the_log_of_a_folder_that_has_one), kept);
    }

    [Fact]
    public void The_folder_a_verb_was_given_is_known_also_when_it_was_not_named()
    {
        Assert.Equal(Path.GetFullPath("elsewhere"), DataFolder.GivenTo(new RootCommand { StatusCommand.Create() }.Parse("status --data elsewhere")));
        Assert.Equal(Path.GetFullPath("data"), DataFolder.GivenTo(new RootCommand { StatusCommand.Create() }.Parse("status")));
        Assert.Equal("the data folder", DataFolder.GivenTo(new RootCommand { SimulateCommand.Create() }.Parse("simulate")));
    }
}
