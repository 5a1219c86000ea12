// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import CALSA
import Glibc

/// The space of formats that an open device offers, and the choice in it.
@safe struct HardwareParameters: ~Copyable {
  /// What was settled with the device.
  struct Settled {
    var format: CaptureFormat
    var periodFrameCount: Int
    var bufferFrameCount: Int
  }

  private let device: String
  private let handle: OpaquePointer
  private let parameters: OpaquePointer

  /// Everything that the device offers, with the library's own resampling off.
  init(_ handle: OpaquePointer, device: String) throws(CaptureError) {
    self.device = device
    unsafe self.handle = handle
    var space: OpaquePointer?
    unsafe snd_pcm_hw_params_malloc(&space)
    unsafe parameters = space!
    var result = unsafe snd_pcm_hw_params_any(handle, parameters)
    if result >= 0 {
      result = unsafe snd_pcm_hw_params_set_rate_resample(handle, parameters, 0)
    }
    if result >= 0 {
      result = unsafe snd_pcm_hw_params_set_access(
        handle, parameters, SND_PCM_ACCESS_RW_INTERLEAVED)
    }
    try check(result)
  }

  deinit { unsafe snd_pcm_hw_params_free(parameters) }

  /// Rates, channels and encodings.
  func offer() throws(CaptureError) -> CaptureOffer {
    var (lowRate, highRate, fewest, most) = (UInt32(0), UInt32(0), UInt32(0), UInt32(0))
    var direction: Int32 = 0
    try check(unsafe snd_pcm_hw_params_get_rate_min(parameters, &lowRate, &direction))
    try check(unsafe snd_pcm_hw_params_get_rate_max(parameters, &highRate, &direction))
    try check(unsafe snd_pcm_hw_params_get_channels_min(parameters, &fewest))
    try check(unsafe snd_pcm_hw_params_get_channels_max(parameters, &most))
    let rates = CaptureOffer.standardRates.filter { rate in
      unsafe snd_pcm_hw_params_test_rate(handle, parameters, UInt32(rate), 0) == 0
    }
    let encodings = SampleEncoding.byPreference.filter { encoding in
      unsafe snd_pcm_hw_params_test_format(handle, parameters, encoding.code) == 0
    }
    // A rate's limits may be open intervals, and "any" is the largest number there is.
    return CaptureOffer(
      rates: Int(min(lowRate, highRate))...Int(highRate), standardRates: rates,
      channelCounts: Int(max(min(fewest, most), 1))...Int(max(most, 1)), encodings: encodings)
  }

  /// Chooses the rate, then the fewest channels, then the encoding, and installs them.
  ///
  /// A plugin may offer what its slave then refuses, so one channel count after the other and one
  /// encoding after the other are tried.
  consuming func negotiate(
    periodSeconds: Double, bufferSeconds: Double
  ) throws(CaptureError) -> Settled {
    let whole = try offer()
    guard let space = unsafe Self.copy(parameters) else {
      throw failure(ENOMEM)
    }
    defer { unsafe snd_pcm_hw_params_free(space) }
    var firstError: CaptureError?
    for channelCount in whole.channelCountsByPreference {
      for encoding in whole.encodings {
        unsafe snd_pcm_hw_params_copy(parameters, space)
        do throws(CaptureError) {
          return try install(
            rate: whole.preferredRate, channelCount: channelCount, encoding: encoding,
            periodSeconds: periodSeconds, bufferSeconds: bufferSeconds)
        } catch {
          firstError = firstError ?? error
          // Whatever is not a matter of the form will not change with it.
          guard error.code == EINVAL else { throw error }
        }
      }
    }
    throw firstError ?? .unsupported(device: device, offer: whole)
  }

  private func install(
    rate wanted: Int, channelCount: Int, encoding: SampleEncoding, periodSeconds: Double,
    bufferSeconds: Double
  ) throws(CaptureError) -> Settled {
    var rate = UInt32(wanted)
    var direction: Int32 = 0
    try check(unsafe snd_pcm_hw_params_set_rate_near(handle, parameters, &rate, &direction))
    try check(unsafe snd_pcm_hw_params_set_channels(handle, parameters, UInt32(channelCount)))
    guard Resampler.supportedRates.contains(Int(rate)) else {
      throw .unsupported(device: device, offer: try offer())
    }
    try check(unsafe snd_pcm_hw_params_set_format(handle, parameters, encoding.code))
    var period = UInt32(periodSeconds * 1e6)
    var buffer = UInt32(bufferSeconds * 1e6)
    try check(
      unsafe snd_pcm_hw_params_set_period_time_near(handle, parameters, &period, &direction))
    try check(
      unsafe snd_pcm_hw_params_set_buffer_time_near(handle, parameters, &buffer, &direction))
    try check(unsafe snd_pcm_hw_params(handle, parameters))
    var (periodLength, bufferLength) = (snd_pcm_uframes_t(0), snd_pcm_uframes_t(0))
    try check(
      unsafe snd_pcm_hw_params_get_period_size(parameters, &periodLength, &direction))
    try check(unsafe snd_pcm_hw_params_get_buffer_size(parameters, &bufferLength))
    try check(unsafe snd_pcm_hw_params_get_rate(parameters, &rate, &direction))
    return Settled(
      format: CaptureFormat(rate: Int(rate), channelCount: channelCount, encoding: encoding),
      periodFrameCount: max(Int(periodLength), 1), bufferFrameCount: max(Int(bufferLength), 1))
  }

  private static func copy(_ parameters: OpaquePointer) -> OpaquePointer? {
    var copy: OpaquePointer?
    guard unsafe snd_pcm_hw_params_malloc(&copy) >= 0 else { return nil }
    unsafe snd_pcm_hw_params_copy(copy, parameters)
    return unsafe copy
  }

  private func failure(_ code: Int32) -> CaptureError {
    SystemError.openError(
      device: device, operation: .configure, code: code, message: LibraryMessage.text)
  }

  private func check(_ result: Int32) throws(CaptureError) {
    guard result >= 0 else { throw failure(-result) }
  }
}

extension SampleEncoding {
  /// Best first: what is smallest and exact, then what holds more than is needed.
  static let byPreference: [SampleEncoding] = [.int16, .int32, .int24In32, .int24, .float32]

  /// The library's name of it.
  fileprivate var code: snd_pcm_format_t {
    switch self {
    case .int16: SND_PCM_FORMAT_S16_LE
    case .int24: SND_PCM_FORMAT_S24_3LE
    case .int24In32: SND_PCM_FORMAT_S24_LE
    case .int32: SND_PCM_FORMAT_S32_LE
    case .float32: SND_PCM_FORMAT_FLOAT_LE
    }
  }
}
