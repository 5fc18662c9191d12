import Fuzzing
import Testing

@Suite struct MutatorTests {
    @Test func `The same seed and number give the same input, others give others`() {
        let corpus: [[UInt8]] = [Array("abcdefgh".utf8), [0x30, 6, 2, 1, 1, 4, 1, 9]]
        let one = Mutator(corpus: corpus, tokens: [[0x7c]], target: "a", seed: 7)
        let same = Mutator(corpus: corpus, tokens: [[0x7c]], target: "a", seed: 7)
        let other = Mutator(corpus: corpus, tokens: [[0x7c]], target: "a", seed: 8)
        let row = (0..<500).map(one.input)
        #expect(row == (0..<500).map(same.input))
        #expect(zip(row, (0..<500).map(other.input)).filter { $0 == $1 }.count < 50)
        #expect(Set(row).count > 300)
        #expect(row.contains(corpus[1]), "the sound input is among them")
    }

    /// Without repaired lengths hardly any mutation would come past the first header.
    @Test func `Half of the inputs of a structure keep its lengths`() {
        let structure: [UInt8] = [0x30, 10, 0x31, 5, 2, 1, 1, 4, 0, 4, 1, 7]
        let mutator = Mutator(corpus: [structure], target: "t", seed: 1)
        var whole: [[UInt8]] = []
        for number in 0..<2_000 {
            let input = mutator.input(number)
            if input.count >= 2, input[0] == 0x30, Int(input[1]) == input.count - 2 { whole.append(input) }
        }
        #expect(whole.count > 700)
        #expect(Set(whole).count > 100)
    }

    /// Were it otherwise, a seed would say nothing on another machine, and mutations would start from rubbish.
    @Test(arguments: FuzzTarget.all.map(\.name))
    func `The corpus is the same every time, and its first input is taken`(name: String) async throws {
        let target = try #require(FuzzTarget.named(name))
        let corpus = try await target.corpus()
        #expect(try await target.corpus() == corpus)
        // The lies of a hostile card are drawn from its input; none is sound.
        guard name != "hostile-card" else { return }
        #expect(try await target.attempt(try #require(corpus.first)) == .accepted)
    }

    @Test func `Targets have names of their own`() {
        #expect(Set(FuzzTarget.all.map(\.name)).count == FuzzTarget.all.count)
        #expect(FuzzTarget.all.allSatisfy { !$0.name.contains("/") })
    }
}
