// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CSoundFile
import Glibc
import Synchronization

/// An open sound file of libsndfile.
@safe struct SoundFileHandle: ~Copyable {
  let path: String
  let rate: Int
  let channelCount: Int

  /// How a WAV file stores its samples; nil for other files and encodings.
  let encoding: SampleEncoding?

  /// The frame count that the file's header declares, nil where it says nothing.
  let declaredFrameCount: Int?

  /// The number of the next frame.
  private(set) var nextFrame = 0

  private let handle: OpaquePointer

  /// The library keeps the error of a failed open in one global variable.
  private static let opening = Mutex(())

  /// Opens `path` for reading.
  ///
  /// By descriptor, so that what was checked is what is read, and so that the library knows a
  /// format by its bytes, never by the name's ending.
  init(path: String) throws(AudioError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .notFound(path: path) : .system(path: path, operation: "open", code: errno)
    }
    var declaredByRIFF: Int?
    do throws(AudioError) {
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else {
        throw .system(path: path, operation: "stat", code: errno)
      }
      guard status.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory(path: path) }
      if status.st_mode & S_IFMT == S_IFREG {
        guard status.st_size > 0 else { throw .empty(path: path) }
        declaredByRIFF = declaredFrameCountOfRIFF(descriptor: descriptor)
      }
    } catch {
      close(descriptor)
      throw error
    }
    var information = SF_INFO()
    let handle = unsafe try Self.openLibrary(descriptor, &information, path)
    let (rate, channelCount) = (Int(information.samplerate), Int(information.channels))
    do throws(AudioError) {
      guard Resampler.supportedRates.contains(rate) else {
        throw .unsupportedRate(path: path, found: rate, supported: Resampler.supportedRates)
      }
      guard channelCount > 0 else { throw .malformed(path: path, reason: "no channels") }
    } catch {
      unsafe sf_close(handle)
      throw error
    }
    self.path = path
    self.rate = rate
    encoding = SampleEncoding(soundFileFormat: information.format)
    self.channelCount = channelCount
    unsafe self.handle = handle
    // The library repairs the length of a cut WAV, so the header's own figure comes first. A pipe
    // has the largest count there is.
    let known = information.frames >= 0 && information.frames < Int64.max
    declaredFrameCount = declaredByRIFF ?? (known ? Int(information.frames) : nil)
  }

  deinit {
    unsafe sf_close(handle)
  }

  /// Reads up to `frameCount` frames, interleaved, and returns how many; 0 at the end.
  ///
  /// Integer samples come as value / 2^(bits - 1), exact in a float up to 24 bits.
  mutating func read(
    frameCount: Int, into samples: inout AlignedBuffer<Float>
  ) throws(AudioError) -> Int {
    precondition(frameCount * channelCount <= samples.count, "room for fewer frames")
    let count = unsafe Int(sf_readf_float(handle, samples.unsafeBase, sf_count_t(frameCount)))
    nextFrame += count
    if unsafe count == 0 && sf_error(handle) != 0 {
      throw .damaged(
        path: path, frame: nextFrame, reason: unsafe String(cString: sf_strerror(handle)))
    }
    return count
  }

  /// Reads up to `frameCount` frames as the file stores them and returns how many; 0 at the end.
  ///
  /// - Precondition: the file has an `encoding`.
  mutating func readBytes(
    frameCount: Int, into bytes: inout AlignedBuffer<UInt8>
  ) throws(AudioError) -> Int {
    let frameByteCount = channelCount * encoding!.byteCount
    precondition(frameCount * frameByteCount <= bytes.count, "room for fewer frames")
    let byteCount = unsafe sf_read_raw(
      handle, bytes.unsafeBase, sf_count_t(frameCount * frameByteCount))
    if unsafe byteCount <= 0 && sf_error(handle) != 0 {
      throw .damaged(
        path: path, frame: nextFrame, reason: unsafe String(cString: sf_strerror(handle)))
    }
    let count = max(Int(byteCount), 0) / frameByteCount
    nextFrame += count
    return count
  }

  /// Hands the descriptor to the library.
  ///
  /// For good: version 1.2.0 closes it when opening fails even where it was told not to.
  private static func openLibrary(
    _ descriptor: Int32, _ information: inout SF_INFO, _ path: String
  ) throws(AudioError) -> OpaquePointer {
    var opened: OpaquePointer?
    let failure: AudioError? = opening.withLock { _ -> AudioError? in
      unsafe opened = sf_open_fd(descriptor, Int32(SFM_READ), &information, Int32(SF_TRUE))
      guard unsafe opened == nil else { return nil }
      guard Int(sf_error(nil)) != SF_ERR_UNRECOGNISED_FORMAT else {
        return .notAudio(path: path)
      }
      return .malformed(path: path, reason: unsafe String(cString: sf_strerror(nil)))
    }
    if let failure { throw failure }
    return unsafe opened!
  }
}
