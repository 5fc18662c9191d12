import StationCore

/// Finds out how a chip is opened and opens it. Never selects the MF: citizen cards answer 6D00 to that.
struct ChipOpening {
    /// What was found before access.
    struct Parameters {
        /// EF.CardAccess as the chip gave it; nil when it did not.
        let file: [UInt8]?
        /// What is used: of the chip, or of the profile.
        let infos: SecurityInfos?
        let source: AccessOutcome.ParameterSource
        let applicationSelected: Bool
    }

    /// A chip that is open.
    struct Opened {
        let outcome: AccessOutcome
        /// What PACE with chip authentication mapping showed; nil for other ways.
        let mapping: ChipAuthenticationMapping?
        /// EF.CardSecurity, read when there is a mapping to be verified with it and the card gives it.
        let cardSecurity: [UInt8]?
    }

    /// The eMRTD application (ICAO 9303-10, 3.5).
    static let application: [UInt8] = [0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01]

    let session: CardSession
    let plan: ReadPlan
    let credential: AccessCredential
    let random: any RandomSource

    /// EF.CardAccess by file identifier, then by short identifier, then both after the application is selected, then
    /// the profile's.
    func parameters() async throws(Failure) -> Parameters {
        try await heedLengths()
        if let file = try await cardAccessByFileIdentifier() {
            return try found(file, .fileIdentifier, selected: false)
        }
        if let file = try await cardAccess(.short(FileIdentifier.cardAccess.shortIdentifier)) {
            return try found(file, .shortIdentifier, selected: false)
        }
        let selection = try await selectApplication()
        // Access control would answer otherwise: a card that does not know the application has none.
        guard selection != .fileNotFound else {
            throw Failure(.cardNotDocument, "neither EF.CardAccess nor the eMRTD application")
        }
        let selected = selection == .success
        if selected, let file = try await cardAccessByFileIdentifier() {
            return try found(file, .insideApplication, selected: true)
        }
        // Nothing has shown that this card takes extended length.
        session.useShortLengths()
        if let assumed = plan.profile.cardAccess {
            return Parameters(
                file: nil,
                infos: try SecurityInfos(assumed),
                source: .profile,
                applicationSelected: selected
            )
        }
        guard selected else { throw Failure(.cardNotDocument, "neither EF.CardAccess nor the eMRTD application") }
        return Parameters(file: nil, infos: nil, source: .none, applicationSelected: true)
    }

    /// Opens the chip and selects the application under the new session.
    func open(_ parameters: Parameters) async throws(Failure) -> Opened {
        let offered = parameters.infos?.pace ?? []
        let downgrade: AccessOutcome.Downgrade
        if let info = PACE.preferred(of: offered) {
            let ambiguous = offered.filter { $0.identifier == info.identifier }.count > 1
            do throws(Failure) {
                let mapping = try await runPACE(info, ambiguous: ambiguous)
                // It lies outside the application and has the identifiers that EF.SOD has inside.
                let cardSecurity = mapping == nil ? nil : try await readCardSecurity()
                guard try await selectApplication() == .success else {
                    throw Failure(.cardNotDocument, "eMRTD application not found")
                }
                let outcome = AccessOutcome(
                    accessProtocol: .pace,
                    mapping: info.mapping,
                    parameterID: info.parameterID,
                    suite: info.suite,
                    credential: credential.kind,
                    downgrade: nil,
                    parameterSource: parameters.source
                )
                return Opened(outcome: outcome, mapping: mapping, cardSecurity: cardSecurity)
            } catch {
                // Only a chip that does not want PACE at all may lead to BAC; a wrong credential, a fault in the middle
                // or a broken session ends the read.
                guard error.code == .cardAccessRefused, !session.isProtected else { throw error }
                guard plan.allowsBasicAccessControl, credential.kind == .mrz else { throw error }
                downgrade = .paceRefused
            }
        } else {
            downgrade = offered.isEmpty ? .paceNotOffered : .paceUnsupported
        }
        guard plan.allowsBasicAccessControl, credential.kind == .mrz else {
            throw Failure(.cardUnsupported, "\(downgrade.rawValue), BAC not allowed with this plan and credential")
        }
        try await runBasicAccessControl(applicationSelected: parameters.applicationSelected)
        let outcome = AccessOutcome(
            accessProtocol: .bac,
            mapping: nil,
            parameterID: nil,
            suite: .tripleDES,
            credential: credential.kind,
            downgrade: downgrade,
            parameterSource: parameters.source
        )
        return Opened(outcome: outcome, mapping: nil, cardSecurity: nil)
    }

    private func runPACE(_ info: PACEInfo, ambiguous: Bool) async throws(Failure) -> ChipAuthenticationMapping? {
        var pace = try PACE(info: info, credential: credential, random: random)
        var action = PACE.Action.send(pace.start(ambiguous: ambiguous))
        // MSE:Set AT, perhaps twice, and four GENERAL AUTHENTICATE: the state machine ends by itself.
        while case .send(let command) = action {
            action = try pace.next(try await session.send(command))
        }
        guard case .established(let messaging, let mapping) = action else { return nil }
        session.protect(with: messaging)
        return mapping
    }

    private func readCardSecurity() async throws(Failure) -> [UInt8]? {
        let file = FileIdentifier.cardSecurity
        guard try await select(file) == .success else { return nil }
        var transfer = FileTransfer(session: session)
        guard case .file(let bytes) = try await transfer.read(.selected, tag: file.tag) else { return nil }
        return bytes
    }

    private func runBasicAccessControl(applicationSelected: Bool) async throws(Failure) {
        if !applicationSelected {
            guard try await selectApplication() == .success else {
                throw Failure(.cardNotDocument, "eMRTD application not found")
            }
        }
        var bac = try BasicAccessControl(credential: credential, random: random)
        let challenge = try await session.send(bac.challengeCommand)
        let proof = try await session.send(try bac.authenticate(challenge))
        session.protect(with: try bac.finish(proof))
    }

    private func selectApplication() async throws(Failure) -> StatusWord {
        try await session.send(CommandAPDU(ins: 0xa4, p1: 0x04, p2: 0x0c, data: Self.application)).status
    }

    /// A card that says in its answer to reset how long commands may be is believed; EF.ATR/INFO is read only when the card
    /// points there.
    private func heedLengths() async throws(Failure) {
        guard let said = session.cardCapabilities else { return }
        guard said.extendedLength else { return session.useShortLengths() }
        guard said.lengthInformation else { return }
        let select = CommandAPDU(ins: 0xa4, p1: 0x02, p2: 0x0c, data: [0x2f, 0x01])
        guard try await session.send(select).status == .success else { return }
        let response = try await session.send(CommandAPDU(ins: 0xb0, expectedLength: Limits.Card.shortResponseBytes))
        // A file that cannot be read says nothing; the trial that follows finds out.
        guard response.status == .success || response.status == .endOfFile,
            let attributes = try? CardAttributes(response.data)
        else { return }
        session.limit(by: attributes)
    }

    private func cardAccessByFileIdentifier() async throws(Failure) -> [UInt8]? {
        guard try await select(.cardAccess) == .success else { return nil }
        return try await cardAccess(.selected)
    }

    /// SELECT of a file under the current one, by its identifier.
    private func select(_ file: FileIdentifier) async throws(Failure) -> StatusWord {
        let identifier = [UInt8(file.fileID >> 8), UInt8(file.fileID & 0xff)]
        return try await session.send(CommandAPDU(ins: 0xa4, p1: 0x02, p2: 0x0c, data: identifier)).status
    }

    private func cardAccess(_ target: FileTransfer.Target) async throws(Failure) -> [UInt8]? {
        // The one file that is read before access is also the trial of extended length: one byte more than short
        // commands can ask for.
        let extended = session.capabilities.extendedLength
        var transfer = FileTransfer(session: session, firstBlock: Limits.Card.shortResponseBytes + (extended ? 1 : 0))
        guard case .file(let bytes) = try await transfer.read(target, tag: FileIdentifier.cardAccess.tag) else {
            return nil
        }
        return bytes
    }

    private func found(
        _ file: [UInt8],
        _ source: AccessOutcome.ParameterSource,
        selected: Bool
    ) throws(Failure) -> Parameters {
        Parameters(file: file, infos: try SecurityInfos(file), source: source, applicationSelected: selected)
    }
}
