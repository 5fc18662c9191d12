package import StationCore

/// A durable event: its sequence number is the id by which a client of the event stream resumes.
package struct StoreEvent: Hashable, Sendable {
    /// From 1, rising.
    package let sequence: Int64
    /// What kind, such as `item`.
    package let kind: WireName
    /// The item that it concerns.
    package let itemId: ItemID?
    /// Whether it concerns an application of this station, and not one that it passes on.
    package var isOwnApplication: Bool { kind == Store.itemEvent }
    /// The event's data, one JSON document, nothing personal.
    package let json: [UInt8]
}

/// A page of the event stream.
package struct EventPage: Hashable, Sendable {
    /// Events after the asked position in order.
    package let events: [StoreEvent]
    /// The oldest event that is still kept; 0 when there is none. A client further behind has missed events.
    package let oldest: Int64
    /// The newest event; 0 when there is none.
    package let newest: Int64
}
