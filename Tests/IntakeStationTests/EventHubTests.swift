import StationAPI
import StationCore
import Testing

@testable import IntakeStation

@Suite struct EventHubTests {
    private func application(_ id: Int64) -> StationEvent {
        let item = ItemID(at: Timestamp(milliseconds: id), random: SystemRandomSource())
        return .application(
            ApplicationSummary(
                itemId: item, receiptNumber: "", sequence: id, state: "saved", stateVi: "",
                capturedAt: Timestamp(milliseconds: 0), size: 0, attempts: 0, problem: nil), id: id)
    }

    /// A client's replay is read from the store before the hub knows the client: what is told in between must not be lost.
    @Test func whatIsToldWhileAListenerIsPreparedReachesItOnce() async {
        let hub = EventHub()
        let replay = (1...3).map { application($0) }
        for event in replay { await hub.publish(event) }
        let stream = await hub.listen(as: .administrators) { [self] in
            #expect(await hub.isHeard)
            for id in Int64(3)...4 { await hub.publish(application(id)) }
            return (replay, 3)
        }
        await hub.publish(application(5))
        await hub.finish()
        var ids: [Int64] = []
        for await event in stream { ids += [event.id ?? -1] }
        #expect(ids == [1, 2, 3, 4, 5])
    }

    @Test func applicationsAreToldToWhoSignedInAndToAdministratorsAlone() async throws {
        let hub = EventHub()
        let person = try #require(WireName("op:lan"))
        for (audience, heard) in [
            (EventAudience.anybody, [false]), (.person(person), [true, false]), (.administrators, [true, false]),
        ] {
            let stream = await hub.listen(as: audience) { ([], 0) }
            await hub.publish(application(1))
            await hub.publish(.readers(ReaderList(serviceRunning: true, readers: [])))
            var told: [Bool] = []
            for await event in stream {
                told.append(event.application != nil)
                if event.readers != nil { break }
            }
            #expect(told == heard, "\(audience)")
        }
    }

    @Test func anOlderLookAtTheReadersIsNotToldAfterANewerOne() async {
        let hub = EventHub()
        let stream = await hub.listen(as: .administrators) { ([], 0) }
        await hub.publish(readers: ReaderList(serviceRunning: true, readers: []), number: 2)
        await hub.publish(readers: ReaderList(serviceRunning: false, readers: []), number: 1)
        await hub.finish()
        var told: [Bool] = []
        for await event in stream { told += [event.readers?.serviceRunning == true] }
        #expect(told == [true])
    }

    @Test func aListenerThatDoesNotKeepUpIsCutAndComesBackWithItsLastId() async {
        let hub = EventHub()
        let stream = await hub.listen(as: .administrators) { ([], 0) }
        for id in 1...Int64(Limits.Local.waitingEvents + 10) { await hub.publish(application(id)) }
        var last: Int64 = 0
        for await event in stream { last = event.id ?? last }
        #expect(last == Int64(Limits.Local.waitingEvents))
        let resumed = await hub.listen(as: .administrators) { [self, last] in
            ((last + 1...last + 10).map { application($0) }, last + 10)
        }
        await hub.finish()
        var ids: [Int64] = []
        for await event in resumed { ids += [event.id ?? -1] }
        #expect(ids == Array(last + 1...last + 10))
    }

    /// More than a listener's buffer holds was told while one was prepared: it is cut rather than left with a hole.
    @Test func whoeverIsPreparedTooLongIsCut() async {
        let hub = EventHub()
        let stream = await hub.listen(as: .administrators) { [self] in
            for id in 1...Int64(Limits.Local.waitingEvents + 1) { await hub.publish(application(id)) }
            return ([], 0)
        }
        for await event in stream { Issue.record("told \(String(describing: event.id))") }
    }

    @Test func nobodyHearsBeforeTheFirstListener() async {
        let hub = EventHub()
        #expect(await !hub.isHeard)
        _ = await hub.listen(as: .administrators) { ([], 0) }
        #expect(await hub.isHeard)
    }

    /// The number of the snapshot is the last one behind which the stream has no hole: who compares it with what they asked
    /// for knows what is gone for good.
    @Test(
        arguments: [
            // A new client begins with what is newest.
            (nil, 1, 7, 7),
            // Everything since is kept: the client's own number, to the newest.
            (0, 1, 7, 0), (3, 1, 7, 3), (7, 1, 7, 7),
            // Numbers 1 to 40 are gone. Behind 40 nothing is missing; behind 39 one is, and the answer says so.
            (40, 41, 60, 40), (39, 41, 60, 40), (0, 41, 60, 40), (60, 41, 60, 60),
            // A number that this station has not given out yet: its numbers began anew.
            (99, 41, 60, 60), (5, 1, 0, 0),
            // Nothing was ever told.
            (nil, 1, 0, 0), (0, 1, 0, 0),
            // Numbers that no station gives out.
            (-1, 1, 7, 0), (.max, 1, 7, 7), (.min, 41, 60, 40),
        ] as [(Int64?, Int64, Int64, Int64)])
    func theSnapshotsNumberIsTheLastWithoutAHole(asked: Int64?, oldest: Int64, newest: Int64, id: Int64) {
        #expect(StationController.snapshotID(asked: asked, oldest: oldest, newest: newest) == id)
    }
}
