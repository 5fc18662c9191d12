import Foundation
import StationCore
import Testing

/// No code of the failure table is dead, none goes untested, and nobody tells people of a stop past the table.
@Suite struct FailureCodeTests {
    /// Codes that no test meets, each with the reason. It is to stay empty.
    private static let unmet: [FailureCode: String] = [:]
    /// Files whose stations are played: every stop in them is made up.
    private static let scenes = [
        "/Samples.swift", "/QueueScene.swift", "/PageSupport.swift", "/LookTests.swift", "/StationPageTests.swift",
        "/OutputTests.swift",
    ]

    @Test func everyCodeIsMadeSomewhere() throws {
        var made: Set<String> = []
        for text in try CodeUses.products().values {
            // Where a module's own enum has a case of the same name, only the spelt-out form tells.
            made.formUnion(CodeUses.made(in: text).subtracting(CodeUses.declaredCases(in: text)))
            made.formUnion(CodeUses.explicitlyMade(in: text))
        }
        for code in FailureCode.allCases {
            let isMade = made.contains("\(code)")
            #expect(isMade, "no source makes \(code.rawValue)")
        }
    }

    @Test func everyCodeIsMetByATest() throws {
        let tests = try SourceTree.swiftFiles(below: "Tests").filter { file in
            file.module != "Support" && file.module != "TidyTests" && !Self.scenes.contains(where: file.path.hasSuffix)
        }
        // What a test gives to the product to show, or lets a part that it plays answer, is not yet met.
        let text = tests.map { CodeUses.withoutGiven($0.lines.joined(separator: "\n")) }.joined(separator: "\n")
        let named = CodeUses.named(in: text)
        for code in FailureCode.allCases where Self.unmet[code] == nil {
            let met = named.names.contains("\(code)") || named.words.contains(code.rawValue)
            #expect(met, "no test provokes \(code.rawValue)")
        }
        for code in Self.unmet.keys {
            let met = named.names.contains("\(code)") || named.words.contains(code.rawValue)
            #expect(!met, "\(code.rawValue) is met now: take it off the list")
        }
    }

    /// The problem's type, its texts and its initialisers stand in one file; all of them take a `Failure`.
    @Test func everyProblemComesFromTheTable() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") where file.path != "Sources/StationAPI/Problem.swift" {
            for (number, line) in file.lines.enumerated() where !line.contains("///") {
                for word in ["urn:intake-station:problem", "Problem(type:", "Problem(title:", "FailureText("] {
                    let inTable = word == "FailureText(" && file.path.hasSuffix("FailureText.swift")
                    #expect(inTable || !line.contains(word), "\(file.path):\(number + 1): \(word)")
                }
            }
            let text = file.lines.joined(separator: "\n")
            for block in text.matches(of: /extension (?:Problem|Failure|FieldProblem) \{(?s:.*?)\n\}/) {
                for start in block.0.matches(of: /\binit\(.*?\{(?<body>(?s:.*?))\n    \}/) {
                    #expect(start.output.body.contains("self.init("), "\(file.path): a problem made by hand")
                }
            }
        }
        let problem = try SourceTree.text("Sources/StationAPI/Problem.swift")
        let initialisers = problem.matches(of: /public init\(([^)]*)/).map { String($0.1) }
        #expect(
            initialisers.count == 2
                && initialisers.allSatisfy { $0.hasPrefix("_ failure: Failure") || $0.hasPrefix("_ code: FailureCode") }
        )
    }

    /// Standard error is where programs tell people of stops: only these write there.
    @Test func standardErrorTellsOfFailuresOnly() throws {
        let writers = [
            "Sources/HostIntegration/JournalLogHandler.swift": "the log, whose lines carry codes",
            "Sources/PortraitDecoding/PortraitProcess.swift": "to the daemon that started it, which logs it",
            "Sources/StationCLI/Console.swift": "problems of the table",
            "Sources/StationCLI/SecretInput.swift": "the question for a secret, so that it is in no answer's way",
            "Sources/USBReaders/USBProcess.swift": "its usage, its journal of resets, and a failure's explanation",
            "Sources/intake-console/ConsoleCommand.swift": "a failure's explanation",
            "Sources/intake-demo/Demo.swift": "a problem or a failure, and where the logs are",
            "Sources/intake-upstream/Terminal.swift": "a failure's explanation",
            "Sources/intaked/Intaked.swift": "a failure's explanation",
        ]
        for file in try SourceTree.swiftFiles(below: "Sources") where file.module != "StationBench" {
            let writes = file.lines.contains {
                $0.contains("FileHandle.standardError.write") || $0.contains("STDERR_FILENO") || $0.contains("stderr)")
            }
            #expect(!writes || writers[file.path] != nil, "\(file.path) writes to standard error")
        }
    }

    /// What a person typed wrongly on a command line is the parser's to tell; nobody else words refusals.
    @Test func onlyCommandLinesWordTheirUsage() throws {
        for file in try SourceTree.swiftFiles(below: "Sources") {
            let words = file.lines.contains { $0.contains("ValidationError(") }
            #expect(!words || file.lines.contains("import ArgumentParser"), "\(file.path)")
        }
    }

    /// The page has no words of its own for a stop: it shows the problem's.
    @Test func thePageNamesNoCodeInItsWords() throws {
        let catalogue = try SourceTree.text("Sources/ConsoleServer/Page/strings.js")
        for code in FailureCode.allCases {
            #expect(!catalogue.contains("\"\(code.rawValue)\": ["), "\(code.rawValue)")
        }
    }
}

@Suite struct CodeUsesTests {
    @Test func whatATestGivesIsNotWhatItMeets() {
        for given in [
            "let read = Problem(.cardMute)", "throw Failure(.cardMute)", ".failure(Failure(.cardMute)),",
            ".failure(TransportFault(.cardMute, true))", "FieldProblem(field: \"phone\", code: .cardMute)",
            "// it ends as .cardMute", "problem: Problem(.cardMute, \"x\")",
        ] {
            #expect(!CodeUses.named(in: CodeUses.withoutGiven(given)).names.contains("cardMute"), "\(given)")
        }
        for met in [
            "await expectProblem(.cardMute) {", "#expect(throws: Failure(.cardMute)) {",
            "await expectFailure(.cardMute) {",
            "#expect(problem.code == .cardMute)", "(0x01, .cardMute),",
        ] {
            #expect(CodeUses.named(in: CodeUses.withoutGiven(met)).names.contains("cardMute"), "\(met)")
        }
    }

    @Test func aCaseOfTheSameNameIsToldApart() {
        let text = "enum E {\n    case cardMute\n    case a, cardNone\n}"
        #expect(CodeUses.declaredCases(in: text) == ["cardMute", "a", "cardNone"])
        #expect(CodeUses.explicitlyMade(in: "x = .cardMute; throw Failure(.cardNone)") == ["cardNone"])
        #expect(CodeUses.explicitlyMade(in: "problems.add(\"phone\", .phoneInvalid)") == ["phoneInvalid"])
    }

    @Test func aPatternOrAComparisonMakesNothing() {
        #expect(CodeUses.made(in: "case .cardMute, .cardNone: 1") == [])
        #expect(CodeUses.made(in: "case .cardMute,\n    .cardNone:\n    return .cardOther") == ["cardOther"])
        #expect(CodeUses.made(in: "if code == .cardMute || code != FailureCode.cardNone { }") == [])
        #expect(CodeUses.made(in: "word(FailureCode.cardMute.rawValue)") == ["cardMute"])
        #expect(CodeUses.made(in: "// throw Failure(.cardMute)") == [])
        #expect(CodeUses.made(in: "[.cardMute, .cardNone].contains(code)") == [])
        #expect(CodeUses.made(in: "throw Failure(late ? .cardMute : .cardNone)") == ["cardMute", "cardNone"])
        #expect(CodeUses.made(in: "guard case .card = kind else { throw Failure(.cardNone) }") == ["cardNone"])
    }
}
