package import StationCore

/// The key that the next application is sealed to, and what speaks against it.
package struct SealingChoice: Sendable {
    /// Why a key is used although its dates do not say so.
    package enum Remark: String, Codable, Sendable, CaseIterable {
        /// The clock is suspect: the dates were not looked at.
        case clockSuspect
        /// Every usable key has passed its last day.
        case keyExpired
        /// No usable key has reached its first day.
        case keyNotYetValid
    }

    /// The published key.
    package let key: RecipientKey
    /// The same, ready to be sealed to.
    package let publicKey: RecipientPublicKey
    /// Nil when the dates allow it. Otherwise to be recorded with the application: intake does not stop for a calendar.
    package let remark: Remark?
}

/// Decides which list of recipient keys stands, and which of its keys is sealed to.
package enum KeyRing {
    /// Whether a list that just came replaces the one that stands. False when it is the same list.
    ///
    /// Throws `keyInvalid` for a signature that fails, a serial lower than one seen (a replay that would bring revoked
    /// keys back), the same serial with other keys, no key or too many, and a key name that stands twice.
    package static func adopts(
        _ list: KeyList, over current: KeyList?, authorities: AuthorityKeys
    ) throws(Failure) -> Bool {
        guard list.verifies(by: authorities) else {
            throw Failure(.keyInvalid, "the key list's signature fails (authority \(list.authorityKeyId.text))")
        }
        guard (1...Limits.Uplink.recipientKeys).contains(list.keys.count),
            Set(list.keys.map(\.keyId)).count == list.keys.count
        else { throw Failure(.keyInvalid, "the key list holds no key, too many, or one name twice") }
        guard let current else { return true }
        guard list.serial >= current.serial else {
            throw Failure(.keyInvalid, "key list \(list.serial) is older than \(current.serial)")
        }
        if list.serial == current.serial {
            guard list.keys == current.keys, list.issuedAt == current.issuedAt else {
                throw Failure(.keyInvalid, "key list \(list.serial) came with other content")
            }
            return list.maxItems != current.maxItems || list.maxBytes != current.maxBytes
        }
        return true
    }

    /// The key to seal to now: of those whose dates allow it the newest, the post-quantum suite first among equals.
    /// With a suspect clock, or when no date allows any, the newest at all, remarked.
    ///
    /// Throws `recipientKeyMissing` when there is no list or no key that this station can use.
    package static func choose(
        from list: KeyList?, at now: Timestamp, quality: ClockQuality, suites: Set<Suite> = Set(Suite.allCases)
    ) throws -> SealingChoice {
        try choose(among: usable(list, suites: suites), at: now, quality: quality, hasList: list != nil)
    }

    /// The keys of a list that this station can seal to, parsed and proven once: a save has no time for it.
    package static func usable(
        _ list: KeyList?, suites: Set<Suite> = Set(Suite.allCases)
    ) -> [(key: RecipientKey, publicKey: RecipientPublicKey)] {
        (list?.keys ?? []).compactMap { key in
            guard let suite = Suite(rawValue: key.suite.text), suites.contains(suite),
                let publicKey = try? key.sealingKey()
            else { return nil }
            return (key, publicKey)
        }
    }

    /// Until when there will be a key whose dates allow sealing, without a gap from now on: the end of the key in use, or
    /// that of those that overlap it. In the past when the last has ended; nil when there has been none.
    package static func sealableUntil(
        among usable: [(key: RecipientKey, publicKey: RecipientPublicKey)], at now: Timestamp
    ) -> Timestamp? {
        let keys = usable.map(\.key)
        guard var end = keys.filter({ $0.notBefore <= now && now < $0.notAfter }).map(\.notAfter).max() else {
            return keys.map(\.notAfter).filter { $0 <= now }.max()
        }
        while let later = keys.filter({ $0.notBefore <= end && $0.notAfter > end }).map(\.notAfter).max() {
            end = later
        }
        return end
    }

    /// The same choice among keys that were parsed before.
    package static func choose(
        among usable: [(key: RecipientKey, publicKey: RecipientPublicKey)], at now: Timestamp, quality: ClockQuality,
        hasList: Bool
    ) throws -> SealingChoice {
        func newest(
            _ keys: [(key: RecipientKey, publicKey: RecipientPublicKey)]
        ) -> (key: RecipientKey, publicKey: RecipientPublicKey)? {
            keys.max {
                ($0.key.notBefore, $0.publicKey.suite.rank, $0.key.keyId.text)
                    < ($1.key.notBefore, $1.publicKey.suite.rank, $1.key.keyId.text)
            }
        }
        guard let fallback = newest(usable) else {
            throw Failure(.recipientKeyMissing, hasList ? "no key of a known suite" : "no key list yet")
        }
        if quality == .suspect {
            return SealingChoice(key: fallback.key, publicKey: fallback.publicKey, remark: .clockSuspect)
        }
        let begun = usable.filter { $0.key.notBefore <= now }
        if let valid = newest(begun.filter { now < $0.key.notAfter }) {
            return SealingChoice(key: valid.key, publicKey: valid.publicKey, remark: nil)
        }
        if let expired = newest(begun) {
            return SealingChoice(key: expired.key, publicKey: expired.publicKey, remark: .keyExpired)
        }
        return SealingChoice(key: fallback.key, publicKey: fallback.publicKey, remark: .keyNotYetValid)
    }
}

extension Suite {
    fileprivate var rank: Int {
        switch self {
        case .x25519: 0
        case .xwing: 1
        }
    }
}
