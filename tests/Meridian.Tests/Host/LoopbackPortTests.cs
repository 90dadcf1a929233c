using System.Net;
using System.Net.Sockets;
using Meridian.Host.Demo;
using Meridian.Tests.Ledger;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Meridian.Tests.Host;

public class LoopbackPortTests
{
    [Fact]
    public async Task A_port_that_was_told_is_nobody_elses_and_answers_who_came_before_the_server()
    {
        using var port = LoopbackPort.Hold();
        using var late = new TcpListener(IPAddress.Loopback, port.Number);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(late.Start).SocketErrorCode);
        using var other = LoopbackPort.Hold(port.Number);
        Assert.NotEqual(port.Number, other.Number);

        using var http = new HttpClient();
        var early = http.GetStringAsync(port.Address, TestContext.Current.CancellationToken);
        await using var web = port.Build();
        web.MapGet("/", () => "here");
        await web.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal("here", await early);
    }

    [Fact]
    public void A_port_that_was_given_back_can_be_had_again()
    {
        var port = LoopbackPort.Hold(ServerPort.Free()); // one of those that no outgoing connection is given meanwhile
        var number = port.Number;
        port.Dispose();
        using var again = LoopbackPort.Hold(number);
        Assert.Equal(number, again.Number);
    }
}
