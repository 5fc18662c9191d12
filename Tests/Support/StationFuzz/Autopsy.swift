import Foundation
import Fuzzing
import StationCore

/// From a dead child to the smallest input that kills it.
struct Autopsy: Sendable {
    let child: ChildProcess
    let directory: URL
    /// Where regression files go.
    let regressions: URL

    /// What was found out.
    struct Report: Sendable {
        let target: String
        let ending: String
        let file: String
        let bytes: Int
        /// The number of the input in its row.
        let input: Int
        /// How many inputs before it are needed; 0 when it kills alone.
        let needs: Int
    }

    /// Most tries to make an input smaller, and the time for them: a hang costs its bound each time.
    private static let tries = 400
    private static let duration: Duration = .seconds(60)

    /// Finds the input at which a row died, makes it smaller, writes it.
    func examine(_ row: InputRow, position: String, ending: String) async throws -> Report {
        let number = try number(at: position) ?? row.first
        let mutator = try await row.target.mutator(seed: row.seed)
        // A child that dies of a sound input died of something else, such as a program that was just built anew.
        let control = try await row.target.corpus()[0]
        if let words = try await child.replay(control, target: row.target, in: directory) {
            throw Failure(.internalFault, "\(row.target.name) dies of a sound input too: \(words)")
        }
        var input = mutator.input(number)
        var ending = ending
        var needs = 0
        if let alone = try await child.replay(input, target: row.target, in: directory) {
            ending = alone
            input = try await smaller(input, row.target)
        } else {
            // It dies only of what came before: the shortest row that still kills.
            needs = try await rowNeeded(before: number, row, position: position)
        }
        let name = "\(row.target.name)-\(String(Mutator.fingerprint(input), radix: 16)).bin"
        try FileManager.default.createDirectory(at: regressions, withIntermediateDirectories: true)
        let file = regressions.appendingPathComponent(name)
        try Data(input).write(to: file)
        return Report(
            target: row.target.name, ending: ending, file: file.path, bytes: input.count, input: number, needs: needs)
    }

    private func number(at position: String) throws -> Int? {
        let bytes = Array(FileManager.default.contents(atPath: position) ?? Data())
        guard bytes.count == 8 else { return nil }
        return Int(bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private func rowNeeded(before number: Int, _ row: InputRow, position: String) async throws -> Int {
        var length = 2
        while number - length + 1 > row.first {
            let part = InputRow(target: row.target, seed: row.seed, first: number - length + 1, count: length)
            if case .died = try await child.row(part, position: position) { return length - 1 }
            length *= 2
        }
        return number - row.first
    }

    /// Takes out ever smaller blocks as long as the child still dies.
    private func smaller(_ input: [UInt8], _ target: FuzzTarget) async throws -> [UInt8] {
        var input = input
        var block = max(1, input.count / 2)
        var tries = 0
        let start = ContinuousClock.now
        while true {
            var place = 0
            while place < input.count {
                tries += 1
                guard tries <= Self.tries, ContinuousClock.now - start < Self.duration else { return input }
                var candidate = input
                candidate.removeSubrange(place..<min(place + block, candidate.count))
                if try await child.replay(candidate, target: target, in: directory) != nil {
                    input = candidate
                } else {
                    place += block
                }
            }
            guard block > 1 else { return input }
            block /= 2
        }
    }
}
