import StationCore
import Testing

@testable import Store

struct AuditTests {
    @Test func `The newest moment that the kernel vouched for is known, and no other`() async throws {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        #expect(try await store.newestVouchedMoment() == nil)
        try await fixture.save(store)
        let vouched = fixture.clock.now
        fixture.clock.doubt()
        fixture.clock.advance(.seconds(86_400))
        try await fixture.save(store)
        #expect(try await store.newestVouchedMoment() == vouched)
    }

    @Test func `The canonical bytes are the documented lines`() {
        let note = AuditNote(
            actor: name("op-7"), action: name("item.saved"), object: name("abc"), itemSequence: 12, detail: nil)
        let bytes = AuditRowBytes.canonical(
            sequence: 3, at: Timestamp(milliseconds: 0), clockQuality: .synchronized, actor: note.actor,
            action: note.action, object: note.object, itemSequence: note.itemSequence, detail: note.detail,
            previous: Hex.text(AuditHead.empty.hash))
        let expected = """
            intake-station/audit-row/v1
            3
            1970-01-01T00:00:00.000Z
            synchronized
            op-7
            item.saved
            abc
            12
            -
            0000000000000000000000000000000000000000000000000000000000000000
            """
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        let entry = AuditEntry(
            following: AuditHead(sequence: 2, hash: AuditHead.empty.hash), at: Timestamp(milliseconds: 0),
            clockQuality: .synchronized, note: note)
        #expect(entry.hash == sha256(bytes))
    }

    private func filled() async throws -> StoreFixture {
        let fixture = try StoreFixture()
        let store = try await fixture.open()
        // More rows than a start verifies, and than a slice of the walk holds.
        for index in 0..<260 {
            _ = try await store.audit(AuditNote(actor: name("op-\(index % 3)"), action: name("test"), itemSequence: 1))
            fixture.clock.advance(.seconds(1))
        }
        try await store.close()
        return fixture
    }

    @Test func `An untouched chain is intact and ends in the head`() async throws {
        let fixture = try await filled()
        let store = try await fixture.open()
        let head = try await store.auditHead()
        #expect(head.sequence == 260)
        #expect(try await store.verifyAudit() == .intact(head))
        let rows = try await store.auditEntries(after: 100, limit: 5)
        #expect(rows.map(\.sequence) == [101, 102, 103, 104, 105])
    }

    /// Somebody works on while it is exported: a head of which the last page lacks the row would look like tampering.
    @Test func `The last page ends in the head that goes with it`() async throws {
        let store = try await StoreFixture().open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<200 { try await store.audit(AuditNote(actor: name("op-1"), action: name("test"))) }
            }
            group.addTask {
                var last: Int64 = 0
                while last < 200 {
                    let page = try await store.auditPage(after: last)
                    if page.rows.count < Limits.Store.pageRows {
                        #expect(page.head.sequence == page.rows.last?.sequence ?? last)
                    }
                    last = page.rows.last?.sequence ?? last
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `An empty chain is intact`() async throws {
        let store = try await StoreFixture().open()
        #expect(try await store.verifyAudit() == .intact(.empty))
    }

    @Test(arguments: [
        ("UPDATE audit SET actor = 'op-9' WHERE sequence = 50", Int64(50)),
        ("UPDATE audit SET at = at + 1 WHERE sequence = 1", 1),
        ("UPDATE audit SET clock_quality = 'suspect' WHERE sequence = 7", 7),
        ("UPDATE audit SET item_sequence = NULL WHERE sequence = 8", 8),
        ("UPDATE audit SET detail = 'x' WHERE sequence = 9", 9),
        ("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 30", 30),
        ("DELETE FROM audit WHERE sequence = 120", 120),
        ("DELETE FROM audit WHERE sequence = 1", 1),
    ])
    func `A changed or missing row breaks the chain there`(sql: String, at: Int64) async throws {
        let fixture = try await filled()
        try fixture.tamper(sql)
        let store = try await fixture.open()
        #expect(try await store.verifyAudit() == .broken(at: at))
    }

    @Test func `Exchanged rows break the chain`() async throws {
        let fixture = try await filled()
        try fixture.tamper(
            """
            UPDATE audit SET sequence = -1 WHERE sequence = 20; UPDATE audit SET sequence = 20 WHERE sequence = 21;
            UPDATE audit SET sequence = 21 WHERE sequence = -1
            """)
        let store = try await fixture.open()
        #expect(try await store.verifyAudit() == .broken(at: 20))
    }

    @Test func `A chain that is cut short is intact with another head, which a manifest's head betrays`() async throws {
        let fixture = try await filled()
        var store = try await fixture.open()
        let head = try await store.auditHead()
        try await store.close()
        try fixture.tamper("DELETE FROM audit WHERE sequence > 250")
        store = try await fixture.open()
        #expect(try await store.verifyAudit() == .intact(try await store.auditHead()))
        #expect(try await store.auditHead() != head)
    }
}
