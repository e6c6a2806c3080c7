*** Settings ***
Documentation    An application image with one bit turned never runs; turned back it runs again.
Resource         proofboard.resource
Test Teardown    End Test
Test Tags        th-authrepl.3
Test Template    Image With A Turned Bit Should Not Run

*** Test Cases ***                OFFSET    BIT    REASON
First Bit Of The Header           0         0      image-magic
Version In The Header             20        3      image-hash
First Byte Of The Body            1024      7      image-hash
Far In The Body                   200000    4      image-hash

*** Keywords ***
Image With A Turned Bit Should Not Run
    [Arguments]    ${offset}    ${bit}    ${reason}
    Make Offline Device
    ${before}=    Get Flash Hash    application
    ${line}=    Boot Device
    Flip Flash Bit    application    ${offset}    ${bit}
    Device Should Refuse To Boot    ${reason}
    Flip Flash Bit    application    ${offset}    ${bit}
    ${after}=    Get Flash Hash    application
    Should Be Equal    ${after}    ${before}
    ${again}=    Reboot Device    power-on
    Should Be Equal    ${again}    ${line}
