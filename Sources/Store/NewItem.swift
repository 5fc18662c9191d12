import Crypto
package import StationCore

/// An application to be saved, with everything that goes into the same transaction.
package struct NewItem: Sendable {
    /// The sealed payload with its metadata.
    package let item: SealedItem
    /// Who saves, for the audit: an operator's id, never a person's name.
    package let actor: WireName
    /// What the answer to every repetition of the request is made from, when it has an idempotency key. It is stored as it
    /// is: ids, states and codes only, nothing personal.
    package let answer: [UInt8]
    /// What the point still needs afterwards; kept only while the station is unlocked.
    package let followUp: KeptFollowUp?
    /// A code for the audit row, such as the warning that the operator overrode.
    package let remark: WireName?

    /// The intake session in which it was taken in, by its number; nil for none.
    package let shift: Int64?

    /// The second person, where one had to sign.
    package let coSigner: WireName?
    /// Why it is held from the beginning; nil for what may be sent.
    package let heldFor: WireName?

    /// Makes a new item.
    package init(
        item: SealedItem, actor: WireName, answer: [UInt8] = [], followUp: KeptFollowUp? = nil, remark: WireName? = nil,
        shift: Int64? = nil, coSigner: WireName? = nil, heldFor: WireName? = nil
    ) {
        self.shift = shift
        self.coSigner = coSigner
        self.heldFor = heldFor
        self.item = item
        self.actor = actor
        self.answer = answer
        self.followUp = followUp
        self.remark = remark
    }
}

/// A request that may come again, as the store tells it from others.
///
/// A body may hold few secrets enough to be guessed from its digest. So the client's key, which nobody can guess, keys the
/// body's digest, and itself is stored only hashed.
package struct IdempotentRequest: Sendable {
    let keyHash: [UInt8]
    let digest: [UInt8]

    /// - Parameters:
    ///   - key: the client's random key, 1 to `Limits.Application.idempotencyKeyBytes` bytes of UTF-8.
    ///   - body: the request's body.
    package init(key: String, body: [UInt8]) throws(Failure) {
        guard (1...Limits.Application.idempotencyKeyBytes).contains(key.utf8.count) else {
            throw Failure(.idempotencyKeyMissing)
        }
        let secret = SymmetricKey(data: Array(key.utf8))
        keyHash = Array(HMAC<SHA256>.authenticationCode(for: Array("idempotency-key".utf8), using: secret))
        digest = Array(HMAC<SHA256>.authenticationCode(for: body, using: secret))
    }
}

/// What a save (or its repetition) returns, after the commit.
package struct SavedItem: Hashable, Sendable {
    /// The application.
    package let itemId: ItemID
    /// Its sequence number.
    package let sequence: Int64
    /// When it was captured.
    package let capturedAt: Timestamp
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

/// What becomes of follow-up data with a new item.
package enum KeptFollowUp: Sendable {
    /// All of it is known.
    case new(FollowUp)
    /// A correction: what the item that it corrects has, with another phone number where that changed.
    case ofPredecessor(phone: Redacted<String?>)
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

/// What is asked about earlier applications before one is saved.
package struct DuplicateQuestion: Sendable {
    /// The 12-digit personal number.
    package let personalNumber: Redacted<String>
    /// The phone number in its normal form; people without one do not share it.
    package let phone: Redacted<String?>
    /// The legal day, within which a rejected application counts too.
    package let day: CivilDate
    /// The item that is being corrected: repeating it is no repetition.
    package let except: ItemID?

    /// Makes a question.
    package init(
        personalNumber: Redacted<String>, phone: Redacted<String?>, day: CivilDate, except: ItemID? = nil
    ) {
        self.personalNumber = personalNumber
        self.phone = phone
        self.day = day
        self.except = except
    }
}

/// In what an application may repeat another one.
package enum DuplicateKind: String, Sendable, CaseIterable {
    /// The same personal number: on the same legal day, or on an earlier one in an application that still stands.
    case number
    /// The same phone number, any day within the follow-up retention.
    case phone
}

/// The result of a search for duplicates.
package enum DuplicateFinding: Sendable, Equatable {
    /// The station is locked: nobody can say.
    case notDetermined
    /// What is repeated, by kind, newest first; cancelled and closed ones do not count.
    case determined([DuplicateKind: [RepeatedApplication]])
}

/// What the store knows when an application is decided about. It is asked in the transaction that saves: nothing of it can
/// change in between.
package struct DecisionGround: Sendable {
    /// What would be repeated.
    package let duplicates: DuplicateFinding
    /// The intake session that is open; nil when none is.
    package let openShift: Shift?
}

/// An application of this station that another one would repeat.
package struct RepeatedApplication: Sendable, Equatable {
    /// Its identity: its newest revision's.
    package let itemId: ItemID
    /// Its number on the citizen's receipt: its first revision's.
    package let sequence: Int64
    /// When it was captured: the first time.
    package let capturedAt: Timestamp
    /// How its newest revision stands.
    package let state: ItemState
    /// Where it was taken in first; nil for what belongs to no intake session.
    package let point: String?
}
