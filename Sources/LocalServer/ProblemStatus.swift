import StationCore

extension FailureCode {
    /// The HTTP status that carries this code: the table's; 422 should a stop come this way that was meant for reports.
    var httpStatus: Int { text.status ?? 422 }
}
