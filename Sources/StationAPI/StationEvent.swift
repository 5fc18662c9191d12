/// One Server-Sent Event of `GET /v1/events`.
///
/// Events of applications have a durable sequence number as id, and a client that names the last one it saw gets all
/// later ones. Reader, read and status events describe the present and carry no id.
public struct StationEvent: Codable, Hashable, Sendable {
    /// What the event describes.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// The whole status: the first event of every stream.
        case snapshot
        /// Readers or cards changed.
        case readers
        /// A read went on.
        case read
        /// An application was saved or changed its state.
        case application
        /// Uplink, disk, clock or health changed.
        case status
    }

    /// Durable sequence number; nil for events that describe the present only.
    public let id: Int64?
    /// What the event describes.
    public let kind: Kind
    /// With `snapshot` and `status`.
    public let status: StationStatus?
    /// With `readers`.
    public let readers: ReaderList?
    /// With `read`.
    public let read: ReadReport?
    /// With `application`.
    public let application: ApplicationSummary?

    private init(
        id: Int64? = nil, kind: Kind, status: StationStatus? = nil, readers: ReaderList? = nil, read: ReadReport? = nil,
        application: ApplicationSummary? = nil
    ) {
        self.id = id
        self.kind = kind
        self.status = status
        self.readers = readers
        self.read = read
        self.application = application
    }

    /// The first event of a stream; its id is the newest durable event that the snapshot includes.
    public static func snapshot(_ status: StationStatus, id: Int64) -> StationEvent {
        StationEvent(id: id, kind: .snapshot, status: status)
    }
    /// Uplink, disk, clock or health changed.
    public static func status(_ status: StationStatus) -> StationEvent { StationEvent(kind: .status, status: status) }
    /// Readers or cards changed.
    public static func readers(_ readers: ReaderList) -> StationEvent { StationEvent(kind: .readers, readers: readers) }
    /// A read went on.
    public static func read(_ read: ReadReport) -> StationEvent { StationEvent(kind: .read, read: read) }
    /// An application was saved or changed its state.
    public static func application(_ application: ApplicationSummary, id: Int64) -> StationEvent {
        StationEvent(id: id, kind: .application, application: application)
    }
}
