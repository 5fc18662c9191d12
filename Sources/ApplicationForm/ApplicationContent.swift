/// A level-2 application: what was read, what was declared, what was agreed to.
package struct ApplicationContent: Codable, Hashable, Sendable {
    /// The citizen as the card says.
    package let citizen: CitizenSnapshot
    /// How the card was read and what was proven.
    package let card: CardFacts
    /// What the citizen declared.
    package let declared: Declaration
    /// The consent.
    package let consent: ConsentRecord
    /// Parent or guardian of a minor or ward.
    package let representative: Representative?
    /// What the authority's system said of face and fingerprints; nil where it was not asked.
    package let matches: MatchResults?
    /// Warnings overruled, with their reasons.
    package let overrides: [Override]
    /// Rule set under which the application was judged, such as `decree-69-2024`.
    package let ruleSet: String
    /// Card files that travel as further parts of the plaintext.
    package let cardFiles: [PartDescriptor]
    /// Attachments that travel as further parts of the plaintext.
    package let attachments: [PartDescriptor]

    /// Takes validated content; `ApplicationRules.validate` makes it.
    package init(
        citizen: CitizenSnapshot,
        card: CardFacts,
        declared: Declaration,
        consent: ConsentRecord,
        representative: Representative?,
        matches: MatchResults? = nil,
        overrides: [Override],
        ruleSet: String,
        cardFiles: [PartDescriptor] = [],
        attachments: [PartDescriptor] = []
    ) {
        self.matches = matches
        self.citizen = citizen
        self.card = card
        self.declared = declared
        self.consent = consent
        self.representative = representative
        self.overrides = overrides
        self.ruleSet = ruleSet
        self.cardFiles = cardFiles
        self.attachments = attachments
    }

    /// The same content with the descriptors of the parts that travel along.
    package func carrying(cardFiles: [PartDescriptor], attachments: [PartDescriptor] = []) -> ApplicationContent {
        ApplicationContent(
            citizen: citizen,
            card: card,
            declared: declared,
            consent: consent,
            representative: representative,
            matches: matches,
            overrides: overrides,
            ruleSet: ruleSet,
            cardFiles: cardFiles,
            attachments: attachments
        )
    }
}

/// A correction: the changed fields only, and why. A member that is absent did not change.
package struct AmendmentContent: Codable, Hashable, Sendable {
    /// Why the application is corrected.
    package let reason: String
    /// New mobile number, national form.
    package let phone: String?
    /// New e-mail address.
    package let email: String?
    /// New set of requested integrations.
    package let integrations: [String]?
    /// New answer about the smartphone.
    package let noSmartphone: Bool?
    /// New representative.
    package let representative: Representative?
    /// New consent, where the text changed or the consent was withdrawn (`granted` false).
    package let consent: ConsentRecord?

    /// Takes the changes.
    package init(
        reason: String,
        phone: String? = nil,
        email: String? = nil,
        integrations: [String]? = nil,
        noSmartphone: Bool? = nil,
        representative: Representative? = nil,
        consent: ConsentRecord? = nil
    ) {
        self.reason = reason
        self.phone = phone
        self.email = email
        self.integrations = integrations
        self.noSmartphone = noSmartphone
        self.representative = representative
        self.consent = consent
    }
}

/// One further part of the plaintext: a card file or an attachment.
package struct PartDescriptor: Codable, Hashable, Sendable {
    /// The part's Content-ID without angle brackets: `EF.SOD`, `DG1`, `attachment-1`.
    package let contentId: String
    /// Media type; `application/octet-stream` for card files.
    package let mediaType: String
    /// Size in bytes.
    package let size: Int
    /// SHA-256 of the part's bytes, lower-case hexadecimal.
    package let sha256: String

    /// Describes a part.
    package init(contentId: String, mediaType: String = "application/octet-stream", size: Int, sha256: String) {
        self.contentId = contentId
        self.mediaType = mediaType
        self.size = size
        self.sha256 = sha256
    }
}
