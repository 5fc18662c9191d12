package import StationCore

/// An application to be saved, with everything that goes into the same transaction.
package struct NewItem: Sendable {
    /// The sealed payload with its metadata.
    package let item: SealedItem
    /// Who saves, for the audit: an operator's id, never a person's name.
    package let actor: WireName
    /// The submission's idempotency key and the answer that every repetition gets.
    package let idempotency: IdempotentAnswer?
    /// What the point still needs afterwards; kept only while the station is unlocked.
    package let followUp: FollowUp?
    /// Duplicates that refuse the save (checked inside the transaction, so two submissions cannot pass each other).
    package let refusedDuplicates: Set<DuplicateKind>
    /// A code for the audit row, such as the warning that the operator overrode.
    package let remark: WireName?

    /// Makes a new item.
    package init(
        item: SealedItem, actor: WireName, idempotency: IdempotentAnswer? = nil, followUp: FollowUp? = nil,
        refusedDuplicates: Set<DuplicateKind> = [], remark: WireName? = nil
    ) {
        self.item = item
        self.actor = actor
        self.idempotency = idempotency
        self.followUp = followUp
        self.refusedDuplicates = refusedDuplicates
        self.remark = remark
    }
}

/// An idempotency key with the answer that a repetition of the same request gets.
package struct IdempotentAnswer: Sendable {
    /// The client's key, at most `Limits.Application.idempotencyKeyBytes` bytes of UTF-8.
    package let key: String
    /// SHA-256 of the request's body.
    package let requestSHA256: [UInt8]
    /// The answer's body. It is stored as it is: ids and states only, nothing personal.
    package let answer: [UInt8]

    /// Makes an answer.
    package init(key: String, requestSHA256: [UInt8], answer: [UInt8]) {
        self.key = key
        self.requestSHA256 = requestSHA256
        self.answer = answer
    }
}

/// What a save (or its repetition) returns, after the commit.
package struct SavedItem: Hashable, Sendable {
    /// The application.
    package let itemId: ItemID
    /// Its sequence number.
    package let sequence: Int64
    /// Its state now (of a repetition it may be further than saved).
    package let state: ItemState
    /// Whether an earlier request with the same idempotency key had already saved it.
    package let replayed: Bool
    /// The stored answer; empty when the save had no idempotency key.
    package let answer: [UInt8]
    /// Whether follow-up data was kept; false while the station is locked.
    package let followUpKept: Bool
}

/// What the point still needs of an application: for calling back and for finding duplicates. Personal.
package struct FollowUp: Sendable {
    /// The 12-digit personal number; stored as a keyed hash and masked.
    package let personalNumber: Redacted<String>
    /// The phone number in its normal form.
    package let phone: Redacted<String>
    /// The full name.
    package let name: Redacted<String>
    /// The hamlet, when known.
    package let hamlet: Redacted<String?>
    /// When this is to be deleted, its own retention.
    package let keepUntil: Timestamp

    /// Makes follow-up data.
    package init(
        personalNumber: Redacted<String>, phone: Redacted<String>, name: Redacted<String>, hamlet: Redacted<String?>,
        keepUntil: Timestamp
    ) {
        self.personalNumber = personalNumber
        self.phone = phone
        self.name = name
        self.hamlet = hamlet
        self.keepUntil = keepUntil
    }
}

/// Follow-up data as it is read back: the number only masked.
package struct FollowUpView: Sendable, Equatable {
    /// `070*****1234`.
    package let maskedNumber: Redacted<String>
    /// The phone number.
    package let phone: Redacted<String>
    /// The full name.
    package let name: Redacted<String>
    /// The hamlet, when known.
    package let hamlet: Redacted<String?>
}

/// In what an application may repeat another one.
package enum DuplicateKind: String, Sendable, CaseIterable {
    /// The same personal number on the same legal day.
    case numberToday
    /// The same phone number, any day within the follow-up retention.
    case phone
}

/// The result of a search for duplicates.
package enum DuplicateFinding: Sendable, Equatable {
    /// The station is locked: nobody can say.
    case notDetermined
    /// Items per kind that repeat; cancelled and closed ones do not count.
    case determined([DuplicateKind: [ItemID]])
}
