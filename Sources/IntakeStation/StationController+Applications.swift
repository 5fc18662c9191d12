import ApplicationForm
import LocalServer
import StationAPI
import StationCore
import Store

/// What operators do with applications that are saved.
extension StationController {
    func perform(
        _ verb: ApplicationVerb, on id: ItemID, _ order: ApplicationOrder, by person: ProvenPerson,
        with second: ProvenPerson?
    ) async throws(Problem) -> ApplicationDetail {
        try await changing { () throws(Failure) in
            guard let verb = OperatorVerb(verb) else {
                try await store.makeDue(id, actor: person.actor)
                return transmission.hasten()
            }
            guard let reason = order.reason.flatMap(ReasonCode.init(rawValue:)) else { throw Failure(.reasonUnknown) }
            // What was kept back leaves on the word of two.
            if verb == .release, second == nil { throw Failure(.coSignatureMissing) }
            try await store.perform(
                verb, on: id, actor: person.actor, reason: reason.wireName, coSigner: second?.actor)
        }
        return try await application(id)
    }

    func amend(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> SavedAnswer {
        defer { stopIfPoisoned() }
        return try await corrections.amend(id, body, idempotencyKey: idempotencyKey, by: person)
    }

    func withdraw(
        _ id: ItemID, _ body: [UInt8], idempotencyKey: String, by person: ProvenPerson
    ) async throws(Problem) -> [UInt8] {
        defer { stopIfPoisoned() }
        return try await corrections.withdraw(id, body, idempotencyKey: idempotencyKey, by: person)
    }

    func find(_ question: PersonQuestion, by person: ProvenPerson) async throws(Problem) -> PersonReport {
        let search = try PersonSearch(question)
        return try await changing { () throws(Failure) in
            let found = try await store.find(search, actor: person.actor)
            return PersonReport(
                entries: found.map { item, view in
                    PersonReport.Entry(
                        application: ApplicationSummary(item, at: store.now, meanings), name: view.name.unredacted,
                        maskedNumber: view.maskedNumber.unredacted, phone: view.phone.unredacted,
                        hamletId: view.hamlet.unredacted)
                })
        }
    }

    func eraseFollowUp(of id: ItemID, by person: ProvenPerson) async throws(Problem) {
        try await changing { () throws(Failure) in try await store.eraseFollowUp(of: id, actor: person.actor) }
    }

    private func changing<Value>(_ change: () async throws(Failure) -> Value) async throws(Problem) -> Value {
        defer { stopIfPoisoned() }
        do { return try await change() } catch { throw Problem(error) }
    }
}

extension OperatorVerb {
    /// Nil for what changes no state.
    fileprivate init?(_ verb: ApplicationVerb) {
        switch verb {
        case .hold: self = .hold
        case .release: self = .release
        case .cancel: self = .cancel
        case .close: self = .close
        case .retry: return nil
        }
    }
}

extension PersonSearch {
    /// Throws `numberInvalid`, `phoneInvalid`, and `requestMalformed` unless exactly one is asked for.
    fileprivate init(_ question: PersonQuestion) throws(Problem) {
        switch (question.personalNumber, question.phone) {
        case (let number?, nil):
            guard number.utf8.count == 12, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw Problem(.numberInvalid)
            }
            self = .personalNumber(Redacted(number))
        case (nil, let phone?):
            guard let phone = PhoneNumber(phone) else { throw Problem(.phoneInvalid) }
            self = .phone(Redacted(phone.text))
        default: throw Problem(.requestMalformed, "a personal number or a phone number")
        }
    }
}
