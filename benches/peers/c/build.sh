#!/bin/sh
# build.sh FOLDER: builds SUNDIALS and the programs of ../README.md into FOLDER, optimised for this machine's CPU.
#
# SUNDIALS_SRC is a folder with the sources of SUNDIALS, or the address of a git repository with them (then SUNDIALS_TAG
# is the version). It is only needed once.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
flags="-O3 -march=native -DNDEBUG"
cc=${CC:-cc}

if [ ! -f "$out/install/done" ] || [ ! -f "$out/install/lib/libsundials_ida.a" ] || [ ! -f "$out/install/lib/libsundials_cvodes.a" ]; then
    source=${SUNDIALS_SRC:?a source folder or git address of SUNDIALS}
    if [ ! -f "$source/CMakeLists.txt" ]; then
        rm -rf "$out/source"
        git -c advice.detachedHead=false clone --quiet --depth 1 --branch "${SUNDIALS_TAG:-v7.5.0}" "$source" "$out/source"
        source=$out/source
    fi
    cmake=${CMAKE:-cmake}
    "$cmake" -S "$source" -B "$out/build" \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS_RELEASE="$flags" \
        -DCMAKE_INSTALL_PREFIX="$out/install" -DCMAKE_INSTALL_LIBDIR=lib \
        -DBUILD_SHARED_LIBS=OFF -DBUILD_STATIC_LIBS=ON -DENABLE_MPI=OFF -DSUNDIALS_LOGGING_LEVEL=0 \
        -DSUNDIALS_ENABLE_ERROR_CHECKS=OFF -DBUILD_CVODES=ON -DBUILD_IDA=ON -DBUILD_IDAS=OFF -DBUILD_KINSOL=OFF \
        -DEXAMPLES_ENABLE_C=OFF -DEXAMPLES_ENABLE_CXX=OFF -DEXAMPLES_INSTALL=OFF
    "$cmake" --build "$out/build" --target install -- -j1
    touch "$out/install/done"
fi

newer=$(find "$here" -maxdepth 1 -name '*.[ch]' -newer "$out/peers" 2>/dev/null || echo all)
if [ ! -x "$out/peers" ] || [ -n "$newer" ]; then
    # shellcheck disable=SC2086
    "$cc" -std=c11 -Wall -Wextra $flags "$here"/*.c -o "$out/peers" -I"$out/install/include" -L"$out/install/lib" \
        -lsundials_arkode -lsundials_cvode -lsundials_ida -lsundials_sunlinsoldense -lsundials_sunlinsolband -lsundials_sunlinsolspgmr \
        -lsundials_sunmatrixdense -lsundials_sunmatrixband -lsundials_nvecserial -lsundials_core -lm
fi

# CVODES has all functions of CVODE in it: it is linked by itself.
newer=$(find "$here/sensitivities" -name '*.[ch]' -newer "$out/sensitivities" 2>/dev/null || echo all)
if [ ! -x "$out/sensitivities" ] || [ -n "$newer" ]; then
    # shellcheck disable=SC2086
    "$cc" -std=c11 -Wall -Wextra $flags "$here"/sensitivities/*.c -o "$out/sensitivities" -I"$out/install/include" -L"$out/install/lib" \
        -lsundials_cvodes -lsundials_sunlinsoldense -lsundials_sunlinsolspgmr -lsundials_sunmatrixdense \
        -lsundials_sunnonlinsolfixedpoint -lsundials_nvecserial -lsundials_core -lm
fi
