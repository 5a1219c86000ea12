// SPDX-License-Identifier: GPL-3.0-or-later

import CSoxr

/// Converts a mono stream of one rate to 16 kHz, piece by piece.
///
/// Linear phase and without offset: output sample m is the input at time m / 16000 s. The output
/// is the same however the input is cut. 21 ms of input are held back at 44.1 and 48 kHz; the end
/// flushes them. The choice of library and filter: decision 0001.
@safe package struct Resampler: ~Copyable {
  /// Input rates in Hz that are accepted.
  package static let supportedRates = 4_000...384_000

  /// What one call consumed and produced.
  package struct Progress: Equatable {
    package var consumedSampleCount: Int
    package var producedSampleCount: Int
  }

  /// Input samples per second.
  package let inputRate: Int

  private let handle: OpaquePointer
  private var inputSampleCount = 0
  private var outputSampleCount = 0

  /// Plans the filter and allocates.
  ///
  /// - Throws: `AudioError.resampling`.
  /// - Precondition: `inputRate` is in `supportedRates`.
  package init(inputRate: Int) throws(AudioError) {
    precondition(Self.supportedRates.contains(inputRate), "unsupported sample rate")
    var quality = unsafe soxr_quality_spec(UInt(SOXR_HQ), 0)
    if inputRate > AudioFormat.sampleRate {
      // What lies between 8 and 8.7 kHz may fold back into 7.3 to 8 kHz: half the filter length,
      // so half the delay, for a band in which speech has nothing to say.
      unsafe quality.stopband_begin = 2 - quality.passband_end
    }
    var error: UnsafePointer<CChar>?
    let created = unsafe soxr_create(
      Double(inputRate), Double(AudioFormat.sampleRate), 1, &error, nil, &quality, nil)
    guard let created = unsafe created else {
      let reason = unsafe error.map { text in unsafe String(cString: text) } ?? ""
      throw .resampling(inputRate: inputRate, reason: reason)
    }
    unsafe handle = created
    self.inputRate = inputRate
  }

  deinit {
    unsafe soxr_delete(handle)
  }

  /// Consumes `input` from its start until it ends or `output` is full.
  ///
  /// The library may allocate while its buffers grow.
  package mutating func process(
    _ input: Span<Float>, into output: inout MutableSpan<Float>
  ) throws(AudioError) -> Progress {
    var consumed = 0
    var produced = 0
    // The library takes an absent input for its end.
    guard !input.isEmpty else { return Progress(consumedSampleCount: 0, producedSampleCount: 0) }
    let error = unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe soxr_process(
          handle, source.baseAddress, source.count, &consumed, target.baseAddress, target.count,
          &produced)
      }
    }
    if let error = unsafe error { throw unsafe failure(error) }
    inputSampleCount += consumed
    outputSampleCount += produced
    return Progress(consumedSampleCount: consumed, producedSampleCount: produced)
  }

  /// Writes what the filter still holds after the last input; 0 once all of it is out.
  ///
  /// In all, n input samples at rate r give round(n * 16000 / r) output samples.
  package mutating func finish(into output: inout MutableSpan<Float>) throws(AudioError) -> Int {
    let total =
      (2 * inputSampleCount * AudioFormat.sampleRate + inputRate) / (2 * inputRate)
    let wanted = min(max(total - outputSampleCount, 0), output.count)
    guard wanted > 0 else { return 0 }
    var produced = 0
    let error = unsafe output.withUnsafeMutableBufferPointer { target in
      unsafe soxr_process(handle, nil, 0, nil, target.baseAddress, wanted, &produced)
    }
    if let error = unsafe error { throw unsafe failure(error) }
    // The library rounds to the nearest count itself; should it ever stop early, silence follows.
    for index in produced..<wanted { output[index] = 0 }
    outputSampleCount += wanted
    return wanted
  }

  /// Back to the state after `init`.
  package mutating func reset() throws(AudioError) {
    if let error = unsafe soxr_clear(handle) { throw unsafe failure(error) }
    inputSampleCount = 0
    outputSampleCount = 0
  }

  private func failure(_ error: UnsafePointer<CChar>) -> AudioError {
    .resampling(inputRate: inputRate, reason: unsafe String(cString: error))
  }
}
