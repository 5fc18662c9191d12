import Foundation
import StationBench
import StationCore
import Testing

@testable import PCSCReaders

@Suite(.timeLimit(.minutes(5))) struct ServiceWatchTests {
    @Test func `a socket that appears ends the wait`() throws {
        let layout = try StationLayout()
        defer { layout.remove() }
        let wakeUp = PipePair()
        let watch = ServiceWatch(socketPath: "\(layout.runtime)/pcscd.comm", wakeUp: wakeUp.reader)
        #expect(watch.wait(for: .milliseconds(1)) == .time)
        #expect(FileManager.default.createFile(atPath: "\(layout.runtime)/pcscd.comm", contents: nil))
        #expect(watch.wait(for: .seconds(60)) == .socketDirectoryChanged)
    }

    @Test func `a directory that is not there yet is waited for above`() throws {
        let layout = try StationLayout()
        defer { layout.remove() }
        let wakeUp = PipePair()
        let watch = ServiceWatch(socketPath: "\(layout.runtime)/a/b/pcscd.comm", wakeUp: wakeUp.reader)
        try FileManager.default.createDirectory(atPath: "\(layout.runtime)/a", withIntermediateDirectories: true)
        #expect(watch.wait(for: .seconds(60)) == .socketDirectoryChanged)
        wakeUp.closeWriter()
    }

    @Test func `a wake-up ends the wait`() throws {
        let wakeUp = PipePair()
        let watch = ServiceWatch(socketPath: "/nonexistent/pcscd.comm", wakeUp: wakeUp.reader)
        wakeUp.closeWriter()
        #expect(watch.wait(for: .seconds(60)) == .woken)
    }

    @Test func `waits grow to their bound and start over`() {
        var retry = ServiceRetry()
        #expect(retry.delay() == Limits.Card.serviceRetryShortest)
        #expect(retry.delay() == Limits.Card.serviceRetryShortest * 2)
        for _ in 0..<20 { #expect(retry.delay() <= Limits.Card.serviceRetryLongest) }
        #expect(retry.delay() == Limits.Card.serviceRetryLongest)
        retry.reset()
        #expect(retry.delay() == Limits.Card.serviceRetryShortest)
    }
}
