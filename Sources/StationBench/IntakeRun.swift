import Foundation
package import StationAPI
package import StationCore

/// The main job as a client does it: read the card, submit the application, wait for the receipt. It waits for events,
/// never for time.
package struct IntakeRun: Sendable {
    /// The socket API.
    package let client: StationClient

    /// - Parameter client: the station's socket API.
    package init(client: StationClient) { self.client = client }

    /// The id of the reader on which a card lies, as soon as one does.
    package func readerWithCard(named name: String) async throws -> String {
        try await first { event in
            (event.readers ?? event.status?.readers)?.readers.first { $0.name == name && $0.state == .card }?.id
        }
    }

    /// Reads the card with the personal number; returns the finished or failed read.
    package func read(reader: String, credential: ReadRequest.Credential) async throws -> ReadReport {
        let events = try await client.events()
        let started = try await client.startRead(reader: reader, ReadRequest(credential: credential))
        for try await event in events {
            if let read = event.read, read.id == started.id, read.state != .reading { return read }
        }
        throw Problem(.stationUnreachable, "the events ended")
    }

    /// Submits an application with synthetic declared data; returns what was saved.
    package func submit(
        read: ReadReport, phone: String, overrides: [ApplicationSubmission.Override]? = nil,
        key: String = UUID().uuidString, coSignature: CoSignature? = nil
    ) async throws(Problem) -> SavedApplication {
        try await client.submit(
            try await submission(read: read, phone: phone, overrides: overrides), idempotencyKey: key,
            coSignature: coSignature)
    }

    /// Forgets what the point kept of a citizen, so that the same card may come again as if it were another's: a second
    /// application of a citizen needs a supervisor.
    package func forget(_ personalNumber: String) async throws(Problem) {
        for entry in try await client.find(PersonQuestion(personalNumber: personalNumber)).entries {
            try await client.eraseFollowUp(of: entry.application.itemId.text)
        }
    }

    /// The submission that `submit` makes.
    package func submission(
        read: ReadReport, phone: String, overrides: [ApplicationSubmission.Override]? = nil
    ) async throws(Problem) -> ApplicationSubmission {
        let consent = try await client.description().consent
        return ApplicationSubmission(
            readId: read.id,
            declared: .init(phone: phone, integrations: ["health-insurance"], noSmartphone: false),
            consent: .init(
                granted: true, textVersion: consent.version, textSHA256: consent.sha256, language: consent.language,
                confirmation: "spoken"),
            overrides: overrides)
    }

    /// Waits until an application is in one of some states.
    package func wait(for item: ItemID, until states: Set<String>) async throws -> ApplicationDetail {
        // The stream first, so that nothing can happen between the look and the wait.
        let events = try await client.events()
        let now = try await client.application(item.text)
        if states.contains(now.summary.state) { return now }
        for try await event in events {
            if let summary = event.application, summary.itemId == item, states.contains(summary.state) {
                return try await client.application(item.text)
            }
        }
        throw Problem(.stationUnreachable, "the events ended")
    }

    /// Waits until a read is as wanted.
    package func wait(forRead id: String, until wanted: @Sendable (ReadReport) -> Bool) async throws -> ReadReport {
        let events = try await client.events()
        let now = try await client.read(id)
        if wanted(now) { return now }
        for try await event in events {
            if let read = event.read, read.id == id, wanted(read) { return read }
        }
        throw Problem(.stationUnreachable, "the events ended")
    }

    /// Waits until the readers are as wanted.
    package func waitForReaders(_ wanted: @Sendable (ReaderList) -> Bool) async throws {
        _ = try await first { event in (event.readers ?? event.status?.readers).flatMap { wanted($0) ? true : nil } }
    }

    /// Waits until the status is as wanted.
    package func waitForStatus(_ wanted: @Sendable (StationStatus) -> Bool) async throws {
        _ = try await first { event in event.status.flatMap { wanted($0) ? true : nil } }
    }

    private func first<Value>(_ find: (StationEvent) -> Value?) async throws -> Value {
        for try await event in try await client.events() {
            if let value = find(event) { return value }
        }
        throw Problem(.stationUnreachable, "the events ended")
    }
}
