import StationCore
import Testing

@testable import Store

/// The listing: whole, newest first, and by the last digits of the receipt number.
struct ListingTests {
    @Test func `Pages go both ways and meet every application once`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<23 { try await fixture.save(store) }
        var forwards: [Int64] = []
        var page = ItemPage(limit: 10)
        while case let items = try await store.items(page), let last = items.last {
            forwards += items.map(\.sequence)
            page.after = last.sequence
        }
        #expect(forwards == Array(1...23))
        var backwards: [Int64] = []
        page = ItemPage(limit: 10)
        page.before = .max
        while case let items = try await store.items(page), let last = items.last {
            backwards += items.map(\.sequence)
            page.before = last.sequence
        }
        #expect(backwards == forwards.reversed())
    }

    @Test func `The last digits find what ends with them, in one state or in all`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        for _ in 0..<112 { try await fixture.save(store) }
        func found(_ modulus: Int64, _ rest: Int64, _ state: ItemState? = nil) async throws -> [Int64] {
            var page = ItemPage(state: state)
            page.before = .max
            page.ending = ItemPage.Ending(modulus: modulus, rest: rest)
            return try await store.items(page).map(\.sequence)
        }
        #expect(try await found(100, 12) == [112, 12])
        #expect(try await found(1_000, 12) == [12])
        #expect(try await found(1_000, 12, .saved) == [12])
        #expect(try await found(1_000, 12, .held).isEmpty)
        #expect(try await found(1_000, 113).isEmpty)
    }
}
