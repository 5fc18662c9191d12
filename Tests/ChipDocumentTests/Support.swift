import ChipDocument
import DocumentCrypto
import StationCore
import Testing

func hex(_ text: String) throws -> [UInt8] { try #require(Hex.bytes(text.filter { !$0.isWhitespace })) }

/// Gives the numbers of a worked example, in order. A private number d comes out of key generation when the source
/// gives d - 1.
final class ScriptedRandom: RandomSource, @unchecked Sendable {
    // Used by one test on one thread, which is why the unchecked conformance is right.
    private var values: [[UInt8]]
    init(_ values: [[UInt8]]) { self.values = values }

    func bytes(_ count: Int) -> [UInt8] {
        let value = values.isEmpty ? [] : values.removeFirst()
        return [UInt8](repeating: 0, count: max(0, count - value.count)) + value
    }

    static func scalar(_ number: [UInt8]) -> [UInt8] {
        var result = number
        for index in result.indices.reversed() {
            result[index] &-= 1
            if result[index] != 0xff { break }
        }
        return result
    }
}

/// Runs a body that must throw this code.
func expectFailure(_ code: FailureCode, _ body: () async throws -> Void, at location: SourceLocation = #_sourceLocation)
    async
{
    do {
        try await body()
        Issue.record("nothing was thrown instead of \(code.rawValue)", sourceLocation: location)
    } catch let failure as Failure {
        #expect(failure.code == code, "\(failure)", sourceLocation: location)
    } catch { Issue.record(error, sourceLocation: location) }
}

extension ResponseAPDU {
    static func ok(_ data: [UInt8] = []) -> ResponseAPDU { ResponseAPDU(data: data, status: .success) }
}
