import ChipDocument
import StationAPI
import StationCore

extension ReadRecord {
    /// The flight recorder in the words of the API; without attempts, a read that never reached the card.
    init(_ read: ReadProgress, _ flights: [FlightRecord], problem: String?) {
        self.init(
            id: read.id, reader: read.reader, startedAt: read.startedAt, software: softwareVersion, problem: problem,
            attempts: flights.map(Attempt.init))
    }
}

extension ReadRecord.Attempt {
    fileprivate init(_ flight: FlightRecord) {
        self.init(
            conditions: ReadRecord.Conditions(flight.conditions), entries: flight.entries.map(ReadRecord.Entry.init),
            omitted: flight.omitted)
    }
}

extension ReadRecord.Conditions {
    fileprivate init(_ conditions: FlightRecord.Conditions) {
        self.init(
            credential: conditions.credential.rawValue,
            allowsBasicAccessControl: conditions.allowsBasicAccessControl, files: conditions.files.map(\.rawValue),
            profile: conditions.profile, extendedLength: conditions.extendedLength,
            maximumCommandBytes: conditions.maximumCommandBytes,
            maximumResponseBytes: conditions.maximumResponseBytes)
    }
}

extension ReadRecord.Entry {
    fileprivate init(_ entry: FlightEntry) {
        self.init(
            at: entry.at, phase: entry.phase.rawValue, command: entry.command, wire: entry.wire, lc: entry.lc,
            le: entry.le, sent: entry.sent, received: entry.received, status: entry.status,
            milliseconds: entry.milliseconds, failure: entry.failure?.rawValue)
    }
}
