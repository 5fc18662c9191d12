import Foundation
import SeededRandom
import Testing

@testable import StationCore

@Suite struct StrictJSONTests {
    struct Shape: Codable, Equatable { var a: Int; var b: String? }

    private func decode(_ text: String) throws(StrictJSON.Refusal) -> Shape {
        try StrictJSON.decode(Shape.self, from: Array(text.utf8))
    }

    @Test func unknownMembersAreIgnored() throws {
        #expect(try decode(#" {"a":1,"c":[true,null,-1.5e+3,{}],"b":"\u1ed9\ud83d\ude00"} "#) == Shape(a: 1, b: "ộ😀"))
    }

    @Test func aRepeatedMemberIsRefusedAlsoWhenEscaped() {
        #expect(throws: StrictJSON.Refusal.repeatedMember(offset: 7)) { try decode(#"{"a":1,"a":2}"#) }
        #expect(throws: StrictJSON.Refusal.repeatedMember(offset: 7)) { try decode(#"{"a":1,"\u0061":2}"#) }
        #expect(throws: StrictJSON.Refusal.self) { try decode(#"{"a":1,"c":{"x":1,"x":1}}"#) }
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> String {
            #"{"a":1,"c":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        _ = try decode(nested(Limits.JSON.depth))
        #expect(throws: StrictJSON.Refusal.tooDeep) { try decode(nested(Limits.JSON.depth + 1)) }
    }

    @Test func theNumberOfValuesIsBounded() {
        let many = #"{"a":1,"c":["# + String(repeating: "1,", count: Limits.JSON.values) + "1]}"
        #expect(throws: StrictJSON.Refusal.tooMany) { try decode(many) }
    }

    @Test(arguments: [
        "", "{", #"{"a":1,}"#, #"{"a":01}"#, #"{"a":1}x"#, #"{a:1}"#, #"{"a":1 "b":2}"#, #"{"a":.5}"#,
        #"{"a":1,"b":"\ud800"}"#,
        #"{"a":1,"b":"\x"}"#, "{\"a\":1,\"b\":\"\u{1}\"}", #"{"a":tru}"#, #"{"a":1,"c":[1,]}"#, "[1 2]",
    ])
    func malformedTextIsRefused(text: String) { #expect(throws: StrictJSON.Refusal.self) { try decode(text) } }

    @Test func invalidUTF8IsRefused() {
        #expect(throws: StrictJSON.Refusal.self) {
            try StrictJSON.decode(Shape.self, from: Array(#"{"a":1,"b":""#.utf8) + [0xff] + Array(#""}"#.utf8))
        }
    }

    @Test func aWrongShapeNamesThePath() {
        #expect(throws: StrictJSON.Refusal.shape(path: "a")) { try decode(#"{"a":"x"}"#) }
        #expect(throws: StrictJSON.Refusal.shape(path: "a")) { try decode(#"{}"#) }
    }

    /// Whatever the scanner lets through, Foundation must be able to parse, and nothing may trap.
    @Test func mutatedDocumentsNeverTrapAndNeverPassAsGarbage() {
        let seed: UInt64 = 0x5eed
        var generator = SeededGenerator(seed: seed)
        let original = Array(#"{"a":12,"b":"x\u0041\n","c":[1,2.5,{"d":null}],"e":-0e2}"#.utf8)
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0...Int.random(in: 0...3, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: index)
                }
            }
            do {
                _ = try StrictJSON.decode(Shape.self, from: bytes)
                #expect((try? JSONSerialization.jsonObject(with: Data(bytes))) != nil, "seed \(seed)")
            } catch {}
        }
    }
}
