import StationCore
import Testing

@testable import People

@Suite struct LockOutTests {
    @Test func fiveWrongSecretsLockAndEachMoreDoubles() {
        var lockOut = LockOut()
        for _ in 0..<4 { lockOut.failed(epoch: 1, elapsed: 0) }
        #expect(lockOut.wait(epoch: 1, elapsed: 0) == nil && !lockOut.isLocking)
        lockOut.failed(epoch: 1, elapsed: 1_000)
        #expect(lockOut.isLocking)
        #expect(lockOut.wait(epoch: 1, elapsed: 2_000) == .seconds(59))
        #expect(lockOut.wait(epoch: 1, elapsed: 61_000) == nil)
        lockOut.failed(epoch: 1, elapsed: 61_000)
        #expect(lockOut.wait(epoch: 1, elapsed: 61_000) == .seconds(120))
        for _ in 0..<50 { lockOut.failed(epoch: 1, elapsed: 61_000) }
        #expect(lockOut.wait(epoch: 1, elapsed: 61_000) == Limits.People.lockOutLongest)
    }

    /// Pulling the plug gains nothing: the wait begins anew with the boot.
    @Test func aBootBeginsTheWaitAnew() {
        var lockOut = LockOut(failures: 5, epoch: 1, until: 60_000)
        #expect(lockOut.wait(epoch: 2, elapsed: 500) == .seconds(60))
        #expect(lockOut.wait(epoch: 2, elapsed: 30_500) == .seconds(30))
        #expect(lockOut.wait(epoch: 2, elapsed: 60_500) == nil)
    }
}
