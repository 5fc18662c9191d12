import StationCore
import Testing

@testable import Uplink

struct BegunPartsTests {
    /// A seed replays the same in every process, though no two processes hash alike.
    @Test func `What has begun is asked for in the order of its capture`() {
        for second in 0..<20 {
            let ids = (0..<Limits.Uplink.begunParts).map {
                ItemID(at: Timestamp(milliseconds: Int64(second * 1_000 + $0)), random: SystemRandomSource())
            }
            var begun = BegunParts()
            begun.note(Dictionary(uniqueKeysWithValues: ids.shuffled().map { ($0, 1) }))
            #expect(begun.ids == ids)
        }
    }
}
