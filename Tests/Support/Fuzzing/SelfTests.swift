import StationCore

extension FuzzTarget {
    /// Parsers with a planted defect each: they show that the machine finds a trap, an endless loop, a broken promise.
    static let selfTests: [FuzzTarget] = [
        FuzzTarget("self-test-trap", tokens: [Array("!".utf8)], corpus: { planted }) { input in
            precondition(!isPlanted(input), "planted")
            throw Failure(.requestMalformed)
        },
        FuzzTarget("self-test-hang", tokens: [Array("!".utf8)], corpus: { planted }) { input in
            while isPlanted(input) {}
            throw Failure(.requestMalformed)
        },
        FuzzTarget("self-test-promise", tokens: [Array("!".utf8)], corpus: { planted }) { input in
            try Violation.unless(!isPlanted(input), "planted")
        },
    ]

    private static let planted = [Array("a row of letters without the mark".utf8)]

    /// Four bytes or more with the mark among them: small, and not found by the corpus alone.
    private static func isPlanted(_ input: [UInt8]) -> Bool { input.count >= 4 && input.contains(UInt8(ascii: "!")) }
}
