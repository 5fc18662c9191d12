import COpenSSL

/// A point of a named curve, never the point at infinity: on the curve by construction.
package struct CurvePoint: Hashable, Sendable {
    /// The curve.
    package let curve: NamedCurve
    /// The uncompressed encoding of X9.62 / TR-03111 3.2.1: 04 ‖ x ‖ y.
    package let encoded: [UInt8]

    /// Takes an uncompressed encoding and checks that the point is on the curve (all these curves have cofactor 1, so
    /// that it then has the right order).
    package init(curve: NamedCurve, encoded: [UInt8]) throws(CryptoFailure) {
        guard encoded.count == 1 + 2 * curve.fieldBytes, encoded.first == 4 else { throw .invalidPoint }
        let group = try curve.group()
        _ = try Self.decode(encoded, in: group)
        self.curve = curve
        self.encoded = encoded
    }

    /// Takes a point as certificates carry it: uncompressed or compressed (X9.62, 4.3.6). The hybrid form is refused.
    package init(curve: NamedCurve, octets: [UInt8]) throws(CryptoFailure) {
        switch octets.first {
        case 2, 3:
            guard octets.count == 1 + curve.fieldBytes else { throw .invalidPoint }
            let group = try curve.group()
            let point = try Self.decode(octets, in: group)
            unsafe try self.init(curve, point.pointer, in: group)
        default: try self.init(curve: curve, encoded: octets)
        }
    }

    /// The curve's standard generator.
    package static func generator(of curve: NamedCurve) throws(CryptoFailure) -> CurvePoint {
        let group = try curve.group()
        guard let point = unsafe EC_GROUP_get0_generator(group.pointer) else { throw .library("generator") }
        return unsafe try CurvePoint(curve, point, in: group)
    }

    /// The x-coordinate, at the length of the field.
    package var x: [UInt8] { Array(encoded[1..<1 + curve.fieldBytes]) }

    /// The y-coordinate, at the length of the field.
    package var y: [UInt8] { Array(encoded[(1 + curve.fieldBytes)...]) }

    /// This point times an unsigned big-endian number.
    package func multiplied(by scalar: [UInt8]) throws(CryptoFailure) -> CurvePoint {
        let group = try curve.group()
        let point = try Self.decode(encoded, in: group)
        let number = try BigNumber.decode(scalar)
        let result = try Self.newPoint(in: group)
        try check(
            unsafe EC_POINT_mul(group.pointer, result.pointer, nil, point.pointer, number.pointer, nil),
            "point product"
        )
        return unsafe try CurvePoint(curve, result.pointer, in: group)
    }

    /// The sum of two points of the same curve.
    package func adding(_ other: CurvePoint) throws(CryptoFailure) -> CurvePoint {
        guard other.curve == curve else { throw .invalidPoint }
        let group = try curve.group()
        let left = try Self.decode(encoded, in: group)
        let right = try Self.decode(other.encoded, in: group)
        let result = try Self.newPoint(in: group)
        try check(
            unsafe EC_POINT_add(group.pointer, result.pointer, left.pointer, right.pointer, nil),
            "point sum"
        )
        return unsafe try CurvePoint(curve, result.pointer, in: group)
    }

    private init(_ curve: NamedCurve, _ point: OpaquePointer, in group: OpenSSLObject) throws(CryptoFailure) {
        let count = 1 + 2 * curve.fieldBytes
        var bytes = [UInt8](repeating: 0, count: count)
        // The point at infinity has a one-byte encoding and is refused here.
        let written = unsafe EC_POINT_point2oct(
            group.pointer,
            point,
            POINT_CONVERSION_UNCOMPRESSED,
            &bytes,
            bytes.count,
            nil
        )
        guard written == count else { throw .invalidPoint }
        self.curve = curve
        encoded = bytes
    }

    private static func newPoint(in group: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        unsafe try OpenSSLObject(
            EC_POINT_new(group.pointer),
            { unsafe EC_POINT_clear_free($0) },
            else: .library("point")
        )
    }

    private static func decode(_ bytes: [UInt8], in group: OpenSSLObject) throws(CryptoFailure) -> OpenSSLObject {
        let point = try newPoint(in: group)
        guard unsafe EC_POINT_oct2point(group.pointer, point.pointer, bytes, bytes.count, nil) == 1,
            unsafe EC_POINT_is_on_curve(group.pointer, point.pointer, nil) == 1,
            unsafe EC_POINT_is_at_infinity(group.pointer, point.pointer) == 0
        else {
            ERR_clear_error()
            throw .invalidPoint
        }
        return point
    }
}
