/// What the station did with one application: the first of the three statuses, which never merge.
package enum ItemState: String, Codable, Sendable, CaseIterable {
    /// On disk, waiting to be sent.
    case saved
    /// Taken into a batch that has not left yet.
    case batched
    /// In a request that upstream may or may not have received.
    case sent
    /// Upstream's signed receipt is here and its digest is ours.
    case accepted
    /// Upstream judged and refused; a person closes it or releases it.
    case rejected
    /// Will be tried again at a later time.
    case deferred
    /// Kept back by a person.
    case held
    /// Sent, no usable answer: upstream is asked, then it is sent again under the same id.
    case unknown
    /// The station cannot vouch for it or cannot send it; blocks nobody, kept until a person acts.
    case quarantined
    /// Taken back by a person before the first sending.
    case cancelled
    /// Ended by a named person with a reason.
    case closed
    /// Written to a verified bundle on a removable medium; no receipt yet.
    case exported
    /// The payload is deleted; the tombstone and the audit stay.
    case purged
}

/// Everything that can happen to an application after it was saved. A state changes by one of these and in no other
/// way.
package enum ItemTransition: String, Sendable, CaseIterable {
    /// Chosen for a batch.
    case batch
    /// The batch was given up before a byte left.
    case unbatch
    /// The batch is about to leave.
    case send
    /// A verified receipt says accepted or duplicate, with our digest.
    case accept
    /// A verified receipt says rejected, with our digest.
    case reject
    /// To be tried again after a delay.
    case retry
    /// It may have arrived, nobody can say.
    case loseTrack
    /// Upstream says that it does not hold it: send again.
    case requeue
    /// A person keeps it back.
    case hold
    /// A person lets it go (again).
    case release
    /// The station cannot vouch for it or cannot send it.
    case quarantine
    /// A person takes it back before it was ever sent.
    case cancel
    /// A named person ends it with a reason.
    case close
    /// A bundle with it was written and verified on re-read.
    case export
    /// A person lets what is exported go by network: upstream is asked, then it is sent if it is not there.
    case recall
    /// The payload's retention after a receipt or a closing is over.
    case purge
}

extension ItemTransition {
    /// The state that this transition leads to.
    package var target: ItemState {
        switch self {
        case .batch: .batched
        case .unbatch, .requeue, .release: .saved
        case .send: .sent
        case .accept: .accepted
        case .reject: .rejected
        case .retry: .deferred
        case .loseTrack, .recall: .unknown
        case .hold: .held
        case .quarantine: .quarantined
        case .cancel: .cancelled
        case .close: .closed
        case .export: .exported
        case .purge: .purged
        }
    }

    /// The states in which this transition may happen; the one transition table of the product.
    ///
    /// A receipt counts in every state in which the payload may have reached upstream by network or by stick.
    package var sources: Set<ItemState> {
        switch self {
        case .batch: [.saved, .deferred]
        case .unbatch: [.batched]
        case .send: [.batched]
        case .accept: [.sent, .unknown, .exported, .saved, .deferred, .batched, .held, .quarantined, .rejected]
        case .reject: [.sent, .unknown, .exported, .saved, .deferred, .batched, .held]
        case .retry: [.sent, .batched]
        case .loseTrack: [.sent]
        case .requeue: [.unknown, .sent]
        case .hold: [.saved, .deferred]
        case .release: [.held, .quarantined, .rejected]
        case .quarantine: [.saved, .batched, .sent, .deferred, .held, .unknown, .exported]
        case .cancel: [.saved, .held, .deferred]
        case .close: [.rejected, .quarantined, .held, .saved, .deferred, .unknown, .exported]
        // Again from exported: the medium was lost, or another one is to be safe.
        case .export: [.saved, .deferred, .unknown, .exported]
        case .recall: [.exported]
        case .purge: [.accepted, .cancelled, .closed]
        }
    }

    /// Whether it is refused once the application was sent or exported for the first time.
    package var onlyBeforeFirstSending: Bool { self == .cancel }

    /// Whether it means that the payload leaves the station, so that it may be upstream from now on, or proves that it did.
    package var leavesStation: Bool { [.send, .export, .accept, .reject].contains(self) }

    /// The state after this transition; nil when it may not happen in `state`.
    package func target(from state: ItemState, wasSent: Bool) -> ItemState? {
        guard sources.contains(state), !(onlyBeforeFirstSending && wasSent) else { return nil }
        return target
    }
}

extension ItemState {
    /// Every state that the transitions can reach from here, this one excluded unless it can be left and re-entered.
    package var successors: Set<ItemState> {
        Set(ItemTransition.allCases.compactMap { $0.target(from: self, wasSent: false) })
    }

    /// Whether only a person brings an application here.
    package var isPersons: Bool { personsVerb != nil }

    /// What a person did to bring it here.
    var personsVerb: ItemTransition? {
        switch self {
        case .held: .hold
        case .cancelled: .cancel
        case .closed: .close
        default: nil
        }
    }

    /// Whether the application still waits for upstream's receipt: what an operator calls the queue.
    package var isPending: Bool {
        switch self {
        case .saved, .batched, .sent, .deferred, .held, .unknown, .exported: true
        case .accepted, .rejected, .quarantined, .cancelled, .closed, .purged: false
        }
    }
}
