import ChipDocument
import DocumentCrypto
import StationCore
import Uplink
import VirtualCard

/// What a parser made of an input.
package enum Reaction: Sendable {
    /// A value.
    case accepted
    /// An error of its own type.
    case refused
}

/// A promise that a parser broke without dying of it.
package struct Violation: Error, Hashable, Sendable {
    /// Which promise.
    package let promise: String

    /// States the promise in words.
    package init(_ promise: String) { self.promise = promise }

    /// Throws unless the promise is kept.
    package static func unless(_ kept: Bool, _ promise: @autoclosure () -> String) throws(Violation) {
        guard kept else { throw Violation(promise()) }
    }
}

/// One parser of foreign bytes: well-formed inputs, and what it promises for all others.
package struct FuzzTarget: Sendable {
    /// Its name on the command line and in the names of regression files.
    package let name: String
    /// Inputs in a test run; fewer than 20,000 only where one input is a whole conversation with a card.
    package let testInputs: Int
    /// Inputs of a proof.
    package let proofInputs: Int
    /// What means something to the parser.
    package let tokens: [[UInt8]]
    /// How its inputs are built.
    package let shape: Mutator.Shape
    /// Well-formed inputs, the same in every process.
    package let corpus: @Sendable () async throws -> [[UInt8]]
    /// Hands an input to the parser and checks what comes back. Throws `Violation`.
    package let attempt: @Sendable ([UInt8]) async throws -> Reaction

    /// Describes a parser. Errors of the station's own types are refusals; any other is a broken promise.
    package init(
        _ name: String, testInputs: Int = 20_000, proofInputs: Int = 1_000_000, tokens: [[UInt8]] = [],
        shape: Mutator.Shape = .objects(after: 0), corpus: @escaping @Sendable () async throws -> [[UInt8]],
        parse: @escaping @Sendable ([UInt8]) async throws -> Void
    ) {
        self.name = name
        self.testInputs = testInputs
        self.proofInputs = proofInputs
        self.tokens = tokens
        self.shape = shape
        self.corpus = corpus
        attempt = { input in
            do {
                try await parse(input)
                return .accepted
            } catch let violation as Violation {
                throw violation
            } catch {
                try Self.judge(error)
                return .refused
            }
        }
    }

    private static func judge(_ error: any Error) throws(Violation) {
        switch error {
        case let failure as Failure:
            // Foreign bytes are the card's or upstream's fault, never the station's.
            try Violation.unless(failure.code != .internalFault, "named as an internal fault: \(failure.detail ?? "")")
        case CryptoFailure.library(let what): throw Violation("named as the library's fault: \(what)")
        case is CryptoFailure, is SecureMessagingFault, is MultipartFault, is StrictJSON.Refusal,
            is SealedContent.Fault,
            is CardSecureMessaging.Refusal:
            break
        default: throw Violation("an error without a type of its own: \(type(of: error))")
        }
    }

    /// What makes this target's inputs from a seed.
    package func mutator(seed: UInt64) async throws -> Mutator {
        Mutator(corpus: try await corpus(), tokens: tokens, shape: shape, target: name, seed: seed)
    }

    /// Every parser, and nothing else: a new one gets its line here.
    package static let all: [FuzzTarget] =
        commands + messaging + files + signatures + texts + bundles + readers + portraits + conversations

    /// The target of a name; the two that only prove the machine included.
    package static func named(_ name: String) -> FuzzTarget? { (all + selfTests).first { $0.name == name } }
}
