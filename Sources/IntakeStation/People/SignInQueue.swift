import StationCore

/// One proof at a time: guesses in parallel would pass the counting of wrong secrets, and each costs a tenth of a second.
actor SignInQueue {
    private var isBusy = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Waits for one's turn, to be ended with `leave`. Throws `signInBusy` when too many wait.
    func enter() async throws(Failure) {
        guard isBusy else {
            isBusy = true
            return
        }
        guard waiters.count < Limits.People.waitingSignIns else { throw Failure(.signInBusy) }
        await withCheckedContinuation { waiters.append($0) }
    }

    /// The next one's turn.
    func leave() {
        if waiters.isEmpty { isBusy = false } else { waiters.removeFirst().resume() }
    }

    /// Does something in one's turn. Throws `signInBusy` when too many wait.
    nonisolated func turn<Value: Sendable>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await enter()
        let result: Result<Value, Failure>
        do throws(Failure) {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        await leave()
        return try result.get()
    }
}
