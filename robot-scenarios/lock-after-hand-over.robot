*** Settings ***
Documentation    After hand-over bank 1 and the options are locked until the next reset, whatever code runs.
Resource         proofboard.resource
Test Setup       Boot A Device
Test Teardown    End Test

*** Test Cases ***
Running Image Cannot Be Changed
    [Tags]    th-authrepl.4
    Native Code Should Not Change    application    privileged
    Native Code Should Not Change    application    application
    Reboot Device    software

Boot's Own State Cannot Be Changed
    [Tags]    th-authrepl.4
    Native Code Should Not Change    boot-state    privileged

Options Cannot Be Changed
    [Tags]    th-imboot.6
    Native Code Should Not Change Options    privileged
    Native Code Should Not Change Options    application
    Reboot Device    power-on

Secrets Are Out Of The Application's Reach
    [Tags]    th-secret-storage.1
    Native Code Should Not Read    secrets    application

*** Keywords ***
Boot A Device
    Reset Emulation
    Make Offline Device
    Boot Device
