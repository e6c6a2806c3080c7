*** Settings ***
Documentation    The debug port of a provisioned device does not answer: nothing is read and nothing is changed through it.
Resource         proofboard.resource
Test Setup       Boot A Device
Test Teardown    End Test

*** Test Cases ***
Port Does Not Answer
    [Tags]    th-imboot.3    th-secret-storage.3
    Debugger Should Not Connect

Secrets Are Not Read
    [Tags]    th-secret-storage.3
    Debugger Should Not Read    secrets

Bootloader Is Not Changed
    [Tags]    th-imboot.3
    Debugger Should Not Change    bootloader
    Debugger Should Not Change    bootloader-copy

Application Is Not Replaced
    [Tags]    th-authrepl.5
    Debugger Should Not Change    application
    Reboot Device    power-on

*** Keywords ***
Boot A Device
    Reset Emulation
    Make Offline Device
    Boot Device
