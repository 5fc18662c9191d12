/// The release of this build.
package let softwareVersion = "0.1.0"
