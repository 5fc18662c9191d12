import Foundation
import Logging
import StationCore
import Testing

@testable import IntakeStation

@Suite struct LengthTrialTests {
    private let extended: [UInt8] = [0x00, 0xb0, 0x9c, 0x00, 0x00, 0x01, 0x01]
    private let answer: [UInt8] = [UInt8](repeating: 0x31, count: 54) + [0x90, 0x00]

    @Test func `an answered extended command proves that it works`() {
        var trial = LengthTrial()
        trial.take([0x00, 0xa4, 0x02, 0x0c, 0x02, 0x01, 0x1c], .success([0x90, 0x00]))
        trial.take([0x00, 0xb0, 0x9c, 0x00, 0x00], .success(answer))
        #expect(trial.evidence == nil)
        trial.take(extended, .success(answer))
        #expect(trial.evidence == .works)
        trial.take(extended, .success([0x01, 0x62, 0x82]))
        #expect(trial.evidence == .works)
    }

    @Test(
        arguments: [
            .success([0x67, 0x00]), .failure(Failure(.readerFault)), .failure(Failure(.cardDataTooLarge)),
        ] as [Result<[UInt8], Failure>])
    func `a refusal proves that it does not`(result: Result<[UInt8], Failure>) {
        var trial = LengthTrial()
        trial.take(extended, result)
        #expect(trial.evidence == .refused)
    }

    @Test(
        arguments: [
            .success([0x6a, 0x82]), .success([0x69, 0x82]), .success([0x90, 0x00]), .success([]),
            .failure(Failure(.cardRemoved)), .failure(Failure(.readerWedged)),
        ] as [Result<[UInt8], Failure>])
    func `anything else proves nothing`(result: Result<[UInt8], Failure>) {
        var trial = LengthTrial()
        trial.take(extended, result)
        #expect(trial.evidence == nil)
    }

    @Test func `nothing is learned under secure messaging, nor after it`() {
        var trial = LengthTrial()
        trial.take([0x0c] + extended.dropFirst(), .success([0x67, 0x00]))
        trial.take([0x0c] + extended.dropFirst(), .success(answer))
        trial.take(extended, .success([0x67, 0x00]))
        #expect(trial.evidence == nil)
    }
}

@Suite struct LearnedLimitsTests {
    private let state = FileManager.default.temporaryDirectory.appending(path: "limits-\(UUID().uuidString)").path
    private let pair = LearnedLimits.Pair(reader: "ACS ACR122U 00 00", answerToReset: [0x3b, 0x80])

    private func withState(_ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        try body()
        try FileManager.default.removeItem(atPath: state)
    }

    private func limits() -> LearnedLimits { LearnedLimits(stateDirectory: state, logger: Logger(label: "test")) }

    @Test func `what was learned outlives the daemon, for readers of the same model`() throws {
        try withState {
            #expect(limits().extendedLength(of: pair) == nil)
            limits().learn(.refused, of: pair)
            let twin = LearnedLimits.Pair(reader: "ACS ACR122U 01 00", answerToReset: [0x3b, 0x80])
            #expect(limits().extendedLength(of: twin) == false)
            let otherCard = LearnedLimits.Pair(reader: "ACS ACR122U 00 00", answerToReset: [0x3b, 0x81])
            let otherReader = LearnedLimits.Pair(reader: "ACS ACR1252 00 00", answerToReset: [0x3b, 0x80])
            #expect(limits().extendedLength(of: otherCard) == nil && limits().extendedLength(of: otherReader) == nil)
        }
    }

    @Test func `a read that contradicts replaces what was known`() throws {
        try withState {
            let limits = limits()
            limits.learn(.works, of: pair)
            #expect(limits.entry(of: pair)?.extendedLength == true)
            #expect(limits.extendedLength(of: pair) == nil)
            limits.learn(.refused, of: pair)
            #expect(limits.extendedLength(of: pair) == false)
            limits.learn(.works, of: pair)
            #expect(limits.entry(of: pair)?.extendedLength == true)
        }
    }

    @Test func `a refusal that nothing can contradict is tried again some day`() throws {
        try withState {
            let limits = limits()
            limits.learn(.refused, of: pair)
            for _ in 1..<Limits.Card.untriedReads { limits.learn(nil, of: pair) }
            #expect(limits.extendedLength(of: pair) == false)
            limits.learn(nil, of: pair)
            #expect(limits.extendedLength(of: pair) == nil && limits.entry(of: pair) == nil)
        }
    }

    @Test func `memory has an end, and a file that cannot be read is as good as none`() throws {
        try withState {
            let limits = limits()
            for number in 0...Limits.Card.learnedPairs {
                limits.learn(.refused, of: .init(reader: "R\(number)", answerToReset: []))
            }
            #expect(limits.extendedLength(of: .init(reader: "R0", answerToReset: [])) == nil)
            #expect(limits.extendedLength(of: .init(reader: "R1", answerToReset: [])) == false)
            try Data("{".utf8).write(to: URL(fileURLWithPath: state + "/learned-limits.json"))
            #expect(self.limits().extendedLength(of: .init(reader: "R1", answerToReset: [])) == nil)
        }
    }
}
