// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels

/// One variant of the feature kernels; the tables behind it are constants of the program.
@safe struct FeatureKernels: @unchecked Sendable {
  let functions: UnsafePointer<kws_feature_kernels>

  /// Name of the instruction set, such as `avx512` or `scalar`.
  var name: String { unsafe String(cString: functions.pointee.name) }

  /// The kernels that this processor can run, best first; the last is `scalar`.
  static var available: [FeatureKernels] {
    var variants: [FeatureKernels] = []
    while let functions = unsafe kws_feature_kernels_at(Int32(variants.count)) {
      unsafe variants.append(FeatureKernels(functions: functions))
    }
    return variants
  }

  /// `count` rounded up to whole blocks of the kernels.
  static func padded(_ count: Int) -> Int {
    let block = Int(KWS_FEATURE_BLOCK)
    return (count + block - 1) / block * block
  }
}
