package import StationCore

/// What the station's own rules let through at this moment.
package enum SendingPermit: Hashable, Sendable {
    /// Everything.
    case everything
    /// Corrections, questions about items of unknown fate, and the key list: little in bytes, and others wait for it. The
    /// reason, and how long it holds; nil when only an event can end it.
    case correctionsOnly(FailureCode, left: Duration?)
}

/// Who knows the station's own rules of sending: quiet hours, metered links.
package protocol SendingGate: Sendable {
    /// What may leave now.
    func permit() -> SendingPermit

    /// So many bytes left for upstream.
    func sent(bytes: Int)

    /// A person asked to send now.
    func flushed()
}

/// A station without such rules.
package struct OpenGate: SendingGate {
    /// Makes the gate; it has no state.
    package init() {}

    /// Everything.
    package func permit() -> SendingPermit { .everything }
    /// Nothing is counted.
    package func sent(bytes: Int) {}
    /// Nothing is to be opened.
    package func flushed() {}
}
